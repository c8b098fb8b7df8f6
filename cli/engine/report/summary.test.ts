import { expect, test } from "vitest";
import { policyTable } from "./summary.ts";

const finding = (policy: string, message = "m") => ({ policy, pack: "p", urn: "", resource: "", type: "", message });

test("findings are counted by policy over all stacks; what is waived by itself", () => {
  const [heading, ...rows] = policyTable([
    { violations: [finding("b"), finding("a")], warnings: [finding("b", "x: b: waived until 2026-12-31 by j (r): p")] },
    { violations: [finding("b")], warnings: [finding("b")] },
  ])
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  expect(heading).toEqual(["policy", "violations", "warnings", "waived"]);
  expect(rows).toEqual([
    ["a", "1", "0", "0"],
    ["b", "2", "1", "1"],
  ]);
});
