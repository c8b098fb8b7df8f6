import { expect, test } from "vitest";
import { isAtLeast } from "./pulumi.ts";

test.each([
  ["3.259.0", "3.259.0", true],
  ["3.260.0", "3.259.0", true],
  ["4.0.0", "3.259.0", true],
  ["3.99.0", "3.259.0", false],
  ["3.258.9", "3.259.0", false],
])("%s serves where %s is needed: %s", (version, wanted, serves) => {
  expect(isAtLeast(version, wanted)).toBe(serves);
});
