import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chooseBenchmarks, loadBenchmarks } from "./benchmarks.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bench-"));
  mkdirSync(join(folder, "bench"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, "bench", name), text);

test("finds the benchmarks by their file names, and nothing else", async () => {
  write("b.bench.ts", `export default { name: "b", what: "x", run: async () => [["a"], ["1"]] };`);
  write("a.bench.ts", `export default { name: "a", what: "x", run: async () => [] };`);
  write("bench.ts", `throw new Error("not a benchmark");`);
  const found = await loadBenchmarks(folder);
  expect(found.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(await found[1]?.run()).toEqual([["a"], ["1"]]);
});

test("a file that exports something else is named", async () => {
  write("c.bench.ts", `export default { name: "c" };`);
  await expect(loadBenchmarks(folder)).rejects.toThrow("bench/c.bench.ts exports no Benchmark by default");
});

test("chooses by name; a typo is answered with what was meant", () => {
  const run = async () => [];
  const all = ["preview", "render"].map((name) => ({ name, what: "", run }));
  expect(chooseBenchmarks(all, [])).toBe(all);
  expect(chooseBenchmarks(all, ["render"])).toEqual([all[1]]);
  expect(() => chooseBenchmarks(all, ["previw"])).toThrow('there is no benchmark "previw"; did you mean "preview"?');
  expect(() => chooseBenchmarks(all, ["xxxxxxxx"])).toThrow("there are: preview, render");
});
