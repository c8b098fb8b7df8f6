import { expect, test } from "vitest";
import { programOf } from "./judge.ts";
import { requireDeletionProtection } from "./require-deletion-protection.ts";
import { found, foundIn } from "./testing.ts";
import { UNKNOWN } from "./values.ts";

test("is asked in production only", () => {
  for (const { bad } of requireDeletionProtection.examples) {
    expect(programOf(bad)).not.toEqual([]);
    expect(foundIn("staging", requireDeletionProtection, ...bad)).toEqual([]);
    expect(foundIn("development", requireDeletionProtection, ...bad)).toEqual([]);
    expect(found(requireDeletionProtection, ...bad).length).toBeGreaterThanOrEqual(bad.length);
  }
});

test("each setting is found by itself", () => {
  const type = "aws:rds/cluster:Cluster";
  expect(found(requireDeletionProtection, { type, name: "db", properties: {} })).toEqual([
    expect.stringMatching(/^db: deletionProtection: /),
  ]);
  const skipping = { deletionProtection: true, skipFinalSnapshot: true };
  expect(found(requireDeletionProtection, { type, name: "db", properties: skipping })).toEqual([
    expect.stringMatching(/^db: skipFinalSnapshot: /),
  ]);
});

test("unknown values are named", () => {
  const type = "aws:lb/loadBalancer:LoadBalancer";
  expect(
    found(requireDeletionProtection, { type, name: "lb", properties: { enableDeletionProtection: UNKNOWN } }),
  ).toEqual(["lb? enableDeletionProtection"]);
});
