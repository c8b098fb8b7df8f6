import fc from "fast-check";
import { expect, test } from "vitest";
import { root } from "../root.ts";
import { cyclesIn, type Imports, importsOf } from "./cycles.ts";

const graph = (edges: Readonly<Record<string, readonly string[]>>): Imports => new Map(Object.entries(edges));

test("a circle is reported once, as the shortest way around", () => {
  const imports = graph({ a: ["b", "c"], b: ["c"], c: ["a"], d: ["a"] });
  expect(cyclesIn(imports)).toEqual([
    ["a", "c"],
    ["b", "c", "a"],
  ]);
  expect(cyclesIn(graph({ a: ["a"] }))).toEqual([["a"]]);
});

test("what only imports files before itself has no circle", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 12 }), (rows) => {
      const edges = rows.map((row, index) => [`${index}`, index === 0 ? [] : row.map((n) => `${n % index}`)] as const);
      expect(cyclesIn(new Map(edges))).toEqual([]);
    }),
  );
});

test("imports, types, exports and lazy imports of this checkout are seen, packages are not", () => {
  const imports = importsOf(root);
  expect(imports.get("cli/lint/cycles.test.ts")).toEqual(["cli/root.ts", "cli/lint/cycles.ts"]);
  expect(imports.get("cli/commands/lint.ts")).toContain("cli/lint/cycles.ts");
  expect(imports.get("cli/lint/cycles.ts")).toEqual([]);
});
