import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { nearest } from "../../stacks/nearest.ts";
import { UserError } from "../console/error.ts";
import { root } from "../root.ts";

/** A benchmark: measured in one run, printed as a table of ratios. */
export interface Benchmark {
  /** By which `./platform bench <name>` finds it. */
  readonly name: string;
  /** What is compared with what, and what is asked for. */
  readonly what: string;
  /** Rows of a table, the heading first. */
  run(): Promise<readonly (readonly string[])[]>;
}

/** Every `bench/*.bench.ts`; each exports its Benchmark by default. */
export async function loadBenchmarks(checkout = root): Promise<readonly Benchmark[]> {
  const files = globSync("bench/*.bench.ts", { cwd: checkout }).sort();
  return Promise.all(
    files.map(async (file) => {
      const { default: benchmark }: { default?: unknown } = await import(pathToFileURL(join(checkout, file)).href);
      if (!isBenchmark(benchmark))
        throw new UserError(`${file} exports no Benchmark by default (cli/bench/benchmarks.ts)`);
      return benchmark;
    }),
  );
}

/** The named ones, in the order of the names; all for no name. */
export function chooseBenchmarks(benchmarks: readonly Benchmark[], names: readonly string[]): readonly Benchmark[] {
  if (names.length === 0) return benchmarks;
  const known = benchmarks.map(({ name }) => name);
  return names.map((name) => {
    const found = benchmarks.find((benchmark) => benchmark.name === name);
    if (found !== undefined) return found;
    const meant = nearest(name, known);
    const hint = meant === undefined ? `there are: ${known.join(", ")}` : `did you mean "${meant}"?`;
    throw new UserError(`there is no benchmark "${name}"; ${hint}`, 2);
  });
}

const isBenchmark = (value: unknown): value is Benchmark =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "what" in value &&
  typeof value.what === "string" &&
  "run" in value &&
  typeof value.run === "function";
