import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** File → the files of this checkout that it imports. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * Who imports whom among the checkout's own files, types and lazy imports included.
 * Biome's `noImportCycles` would do, but it reads every package that is imported as well: 15 s of CPU instead of one.
 */
export function importsOf(checkout: string): Imports {
  const files = globSync("**/*.ts", { cwd: checkout, exclude: (name) => name.endsWith("node_modules") });
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(checkout, file), "utf8"), true, true);
      const own = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith("."));
      return [file, own.map((name) => relative(checkout, join(checkout, dirname(file), name)))];
    }),
  );
}

/** Every group of files that import each other in a circle, each as one shortest circle. */
export function cyclesIn(imports: Imports): readonly (readonly string[])[] {
  const cycles = new Map<string, readonly string[]>();
  for (const file of [...imports.keys()].sort()) {
    const cycle = shortestWayBack(imports, file);
    if (cycle === undefined) continue;
    const key = [...cycle].sort().join("\n");
    if (!cycles.has(key)) cycles.set(key, cycle);
  }
  return [...cycles.values()];
}

/** Breadth first from a file to itself. */
function shortestWayBack(imports: Imports, start: string): readonly string[] | undefined {
  const ways: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of imports.get(way.at(-1) ?? start) ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
