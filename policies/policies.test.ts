import { describe, expect, test } from "vitest";
import { judgeProgram, programOf } from "./judge.ts";
import { findingLine } from "./message.ts";
import { POLICIES } from "./policies.ts";
import type { ExampleResource } from "./policy.ts";
import { withOneUnknown } from "./testing.ts";

const withUnknowns = (resource: ExampleResource): readonly ExampleResource[] =>
  withOneUnknown(resource.properties).map(({ value }) => ({ ...resource, properties: value }));

describe.each(POLICIES)("$name", (policy) => {
  const examples = policy.examples.map((example) => ({ ...example, toString: () => example.title }));

  test.each(examples)("refuses the bad and passes the good: $title", ({ bad, good }) => {
    const refused = judgeProgram(policy, programOf(bad));
    expect(refused.map(({ finding }) => finding.kind)).toContain("violation");
    expect(judgeProgram(policy, programOf(good))).toEqual([]);
  });

  test("law: what is unknown is never a violation: one value of a compliant program at a time", () => {
    for (const { good } of policy.examples) {
      for (const program of good.flatMap((resource, index) =>
        withUnknowns(resource).map((one) => good.with(index, one)),
      )) {
        const kinds = judgeProgram(policy, programOf(program)).map(({ finding }) => finding.kind);
        expect(kinds.filter((kind) => kind === "violation")).toEqual([]);
      }
    }
  });

  test("has an example of every type that it judges", () => {
    const shown = new Set(policy.examples.flatMap(({ bad }) => bad.map(({ type }) => type)));
    for (const rule of policy.resourceRules) expect(rule.types.some((type) => shown.has(type))).toBe(true);
  });

  test("says each violation in one line, with name, policy, repair and page", () => {
    for (const { bad } of policy.examples) {
      for (const { resource, finding } of judgeProgram(policy, programOf(bad))) {
        const line = findingLine(policy, resource, finding);
        expect(line).not.toContain("\n");
        expect(line).toMatch(
          new RegExp(`^${resource?.name ?? "stack"}: ${policy.name}: .+; repair: .+ \\(https://\\S+\\)$`),
        );
      }
    }
  });

  test("has metadata that a person can use", () => {
    expect(policy.name).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(policy.remedies.length).toBeGreaterThan(0);
    expect(policy.counterparts.length).toBeGreaterThan(0);
  });

  test("judges a type by one rule only", () => {
    const types = policy.resourceRules.flatMap((rule) => rule.types);
    expect(new Set(types).size).toBe(types.length);
  });
});

test("names are unique", () => {
  expect(new Set(POLICIES.map(({ name }) => name)).size).toBe(POLICIES.length);
});
