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
  ['{"caller":"ratestore.go:109","level":"error","msg":"empty ring"}', true],
  ['{"level":"CRITICAL","message":"unhandled exception"}', true],
  ["ts=2026-11-25T12:00:00Z caller=main.go level=error msg=x", true],
  ["2026-11-25 12:00:00.123 UTC [42] FATAL:  terminating connection", true],
  ["12:00:00.123 ERROR   request finished status=503", true],
  ['{"labels":"{level=\\"ERROR\\", service=\\"a\\"}","level":"info","msg":"flushing stream"}', false],
  ["12:00:00.123 INFO    alert firing", false],
])("%s is a line of an error: %s", (line, isOne) => {
  expect(isError(line)).toBe(isOne);
});
