import { expect, test } from "vitest";
import { grown, isError, type Used } from "./steady.ts";

const used = (memory: number, handles = 10): Used => ({ memory, limit: 1000, handles });
const grownFrom = (before: Used, after: Used, component = "backend") =>
  grown(new Map([[component, before]]), new Map([[component, after]]), 1200);

test("more than a twentieth more memory is growth, but not what a runtime takes at once", () => {
  expect(grownFrom(used(100), used(104))).toEqual([]);
  expect(grownFrom(used(100), used(106))).toEqual(["backend: 6.0 MiB more memory, of a limit of 1000"]);
  expect(grownFrom(used(8), used(9.9))).toEqual([]);
});

test("more handles than come and go are growth", () => {
  expect(grownFrom(used(100, 30), used(100, 35))).toEqual([]);
  expect(grownFrom(used(100, 30), used(100, 36))).toEqual(["backend: 6 more handles"]);
});

test("what buffers two hours may grow as long as it stays clear of its limit until then", () => {
  // 20 MiB in a third of an hour is 120 more in two.
  expect(grownFrom(used(750), used(770), "loki")).toEqual([]);
  expect(grownFrom(used(765), used(785), "loki")).toEqual(["loki: 20.0 MiB more memory, of a limit of 1000"]);
});

test.each([
  ['{"level":"ERROR","msg":"x"}', true],
  ['{"msg":"x","level":"fatal"}', true],
  ['{"level":"info","query":"{level=~\\"ERROR|CRITICAL\\"}"}', false],
  ['ts=2026-01-01T00:00:00Z level=error msg="no"', true],
  ['level=info component=rules query="level=error or ERROR"', false],
  ["2026-01-01 00:00:00 UTC [1] ERROR:  no such table", true],
  ["2026-01-01 00:00:00 UTC [1] LOG:  checkpoint complete", false],
])("of an error or not, by its level and not by what it quotes: %s", (line, isOne) => {
  expect(isError(line)).toBe(isOne);
});
