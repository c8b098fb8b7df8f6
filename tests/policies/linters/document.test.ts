import { expect, test } from "vitest";
import { comparisonDocument } from "./document.ts";
import { LEFT_OUT } from "./left-out.ts";
import { STYLE_CASES } from "./styles.ts";

test("docs/policies-comparison.md is up to date", async () => {
  await expect(comparisonDocument()).toMatchFileSnapshot("../../../docs/policies-comparison.md");
});

test.each(["kubeLinter", "polaris"] as const)("no rule of %s is both found and left out", (tool) => {
  const found = STYLE_CASES.flatMap((one) => one[tool] ?? []);
  expect(LEFT_OUT.flatMap((one) => one[tool] ?? []).filter((rule) => found.includes(rule))).toEqual([]);
});
