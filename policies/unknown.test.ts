import { describe, expect, test } from "vitest";
import { judgeProgram, programOf } from "./judge.ts";
import { POLICIES } from "./policies.ts";
import type { ExampleResource, Policy } from "./policy.ts";
import { withOneChanged, withOneUnknown } from "./testing.ts";
import type { Value } from "./values.ts";

/** What a property can be mistaken for: one of these breaks what is guarded. */
const MISTAKES: readonly Value[] = [
  ...[null, false, true, 0, 1, 100, "", "x", "0", []],
  ...["100%", "Delete", "OnDelete", "Recreate", "NONE", "DEBUG", "--log.level=debug"],
  ...["PASSWORD=x", "root", "host", "NodePort", "0.0.0.0/0", "nginx:latest", "/health/db"],
];

interface Case {
  readonly program: readonly ExampleResource[];
  readonly index: number;
}

const judged = (policy: Policy, program: readonly ExampleResource[]) =>
  judgeProgram(policy, programOf(program)).map(({ finding }) => finding);

/** Paths of a resource's properties of which some value makes the policy find a violation: those that it guards. */
function guardedPaths(policy: Policy, { program, index }: Case): ReadonlySet<string> {
  const resource = program[index];
  if (resource === undefined) return new Set();
  const broken = MISTAKES.flatMap((mistake) => withOneChanged(resource.properties, mistake))
    .filter(({ value }) =>
      judged(policy, program.with(index, { ...resource, properties: value })).some(({ kind }) => kind === "violation"),
    )
    .map(({ path }) => path);
  return new Set(broken);
}

/** A policy names the unknown property itself, the list that holds it, or in words whose resource it would be. */
const names = (said: string, path: string): boolean =>
  said === path || path.startsWith(`${said}[`) || said.startsWith("the repository that");

describe.each(POLICIES)("$name", (policy) => {
  const cases = policy.examples.flatMap(({ title, good }) =>
    good.map((resource, index) => ({ title: `${title}: ${resource.name}`, program: good, index })),
  );

  test.each(cases)("each guarded property, unknown, is named: $title", (one) => {
    const resource = one.program[one.index];
    if (resource === undefined) throw new Error("the example has no such resource");
    const guarded = guardedPaths(policy, one);
    const passedOver = withOneUnknown(resource.properties)
      .filter(({ path }) => guarded.has(path))
      .filter(({ path, value }) => {
        const findings = judged(policy, one.program.with(one.index, { ...resource, properties: value }));
        return !findings.some((finding) => finding.kind === "unjudged" && names(finding.property, path));
      })
      .map(({ path }) => path);
    expect(passedOver).toEqual([]);
  });

  test("guards something in its examples", () => {
    expect(cases.some((one) => guardedPaths(policy, one).size > 0)).toBe(true);
  });
});
