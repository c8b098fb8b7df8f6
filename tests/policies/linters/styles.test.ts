import { describe, expect, test } from "vitest";
import { judgeProgram, programOf } from "../../../policies/judge.ts";
import { POLICIES } from "../../../policies/policies.ts";
import type { Policy } from "../../../policies/policy.ts";
import { container, STYLE_CASES } from "./styles.ts";

const policyNamed = (name: string): Policy => {
  const policy = POLICIES.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`there is no policy ${name}`);
  return policy;
};

describe.each(
  STYLE_CASES.map((one) => ({ ...one, rules: [...(one.kubeLinter ?? []), ...(one.polaris ?? [])].join(", ") })),
)("$rules", ({ policy, refused, kubeLinter = [], polaris = [] }) => {
  test(`is found by ${policy}`, () => {
    const violations = judgeProgram(policyNamed(policy), programOf(refused)).filter(
      ({ finding }) => finding.kind === "violation",
    );
    expect(violations).not.toEqual([]);
  });

  test("stands in the policy's metadata", () => {
    const named = (tool: string) =>
      policyNamed(policy)
        .counterparts.filter((one) => one.tool === tool)
        .flatMap(({ rules }) => rules.map((rule) => rule.split(" ")[0]));
    expect(named("kube-linter")).toEqual(expect.arrayContaining([...kubeLinter]));
    expect(named("Polaris")).toEqual(expect.arrayContaining([...polaris]));
  });
});

test.each([
  ["kube-linter", STYLE_CASES.flatMap(({ kubeLinter = [] }) => kubeLinter)],
  ["Polaris", STYLE_CASES.flatMap(({ polaris = [] }) => polaris)],
] as const)("every rule of %s that a policy names has a case, or says why it is not asked", (tool, shown) => {
  const named = POLICIES.flatMap(({ counterparts }) => counterparts.filter((one) => one.tool === tool)).flatMap(
    ({ rules }) => rules,
  );
  const without = named.filter((rule) => !rule.includes("(")).filter((rule) => !shown.includes(rule));
  expect(without).toEqual([]);
});

test("a container with all of it right is refused by none of the policies that judge containers", () => {
  const names = new Set(STYLE_CASES.map(({ policy }) => policy));
  const found = POLICIES.filter(({ name, stackRules }) => names.has(name) && stackRules.length === 0)
    .flatMap((policy) => judgeProgram(policy, programOf([container({})])))
    .map(({ finding }) => finding);
  expect(found).toEqual([]);
});
