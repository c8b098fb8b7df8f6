import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterwards, type LifecycleRule } from "../../policies/ecr-lifecycle.ts";
import { readDocument } from "../../policies/ecr-lifecycle-document.ts";
import { lifecycleProblems } from "../../policies/ecr-lifecycle-problems.ts";
import { at, rootOf } from "../../policies/values.ts";
import { type CleanUp, type Event, histories, KEEP, Repository, STACKS, type Stack, survives } from "./histories.ts";
import { lifecyclePolicy, releasePrefixOf } from "./retention.ts";

const rulesOf = (document: string): readonly LifecycleRule[] => {
  const { rules, refused } = readDocument(at(rootOf(JSON.parse(document)), "rules"));
  expect(refused).toEqual([]);
  return rules;
};

const byEcr =
  (rules: readonly LifecycleRule[]): CleanUp =>
  (images, now) =>
    afterwards(rules, images, now);

describe("the rules that bootstrap makes", () => {
  const rules = rulesOf(lifecyclePolicy({ keep: KEEP, rollbackDepth: KEEP - 1, stacks: STACKS }));

  test("the policies have nothing against them", () => {
    expect(lifecycleProblems(rules, KEEP)).toEqual([]);
  });

  test("law: whatever is pushed, released and taken back, what each stack runs, what it ran before and its last 10 releases can be pulled [requirement rollback/images]", () => {
    fc.assert(survives(byEcr(rules)), { numRuns: 100 });
  });

  test("law: the number kept is bounded", () => {
    // Releases by who released them, what each stack runs and ran before, builds never released; each with its two parts.
    const sets = 2 ** STACKS.length - 1;
    const bound = 3 * (KEEP * sets + 2 * STACKS.length + 30);
    let most = 0;
    fc.assert(
      fc.property(histories, (events) => {
        const repository = new Repository(byEcr(rules));
        for (const event of events) repository.happen(event);
        for (const event of [{ kind: "days", number: 2 }, { kind: "clean-up" }, { kind: "clean-up" }] as const) {
          repository.happen(event);
        }
        most = Math.max(most, repository.images.length);
        expect(repository.images.length).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 50 },
    );
    console.log(
      `ECR's rules, 50 histories of ${STACKS.length} stacks, ${KEEP} releases to keep: at most ${most} images and parts kept, ${bound} allowed`,
    );
  });
});

test("a stack that releases seldom can go back, however often another released since", () => {
  const repository = new Repository(
    byEcr(rulesOf(lifecyclePolicy({ keep: KEEP, rollbackDepth: KEEP - 1, stacks: STACKS }))),
  );
  repository.happen({ kind: "push" });
  for (const stack of STACKS) repository.happen({ kind: "release", stack, which: 0 });
  for (let release = 0; release < 5 * KEEP; release++) {
    repository.happen({ kind: "push" });
    repository.happen({ kind: "release", stack: "staging", which: 1 });
    repository.happen({ kind: "clean-up" });
  }
  repository.happen({ kind: "release", stack: "prod", which: 1 });
  repository.happen({ kind: "days", number: 400 });
  repository.happen({ kind: "clean-up" });
  repository.happen({ kind: "rollback", stack: "prod", which: 0 });
  expect(repository.live.get("prod")).toBe(0);
  expect(repository.missing()).toEqual([]);
});

describe("without one of its parts a history is found in which something needed is gone", () => {
  const rule = (rulePriority: number, selection: object): object => ({
    rulePriority,
    selection: { tagStatus: "tagged", countType: "imageCountMoreThan", ...selection },
    action: { type: "expire" },
  });
  const live = rule(1, { tagPatternList: ["live-*"], countNumber: 9999 });
  const of = (...stacks: readonly Stack[]) => stacks.map((stack) => `${releasePrefixOf(stack)}*`);
  const SETS = [
    ["staging", "prod", "eu"],
    ["staging", "prod"],
    ["staging", "eu"],
    ["prod", "eu"],
    ["staging"],
    ["prod"],
    ["eu"],
  ] as const;
  const kept = (sets: readonly (readonly Stack[])[], countNumber = KEEP): readonly object[] =>
    sets.map((set, place) => rule(2 + place, { tagPatternList: of(...set), countNumber }));
  const rest = rule(99, { tagStatus: "any", countNumber: 30 });

  test.each<[string, readonly object[]]>([
    ["plain counting", [rule(1, { tagStatus: "any", countNumber: 30 })]],
    ["plain age", [rule(1, { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: 30 })]],
    ["what runs is not shielded", [...kept(SETS), rest]],
    ["what runs is shielded too late", [...kept(SETS), { ...live, rulePriority: 98 }, rest]],
    ["releases are counted with builds", [live, rest]],
    [
      "releases are counted over all stacks",
      [live, rule(2, { tagPatternList: ["release-*"], countNumber: KEEP }), rest],
    ],
    ["one rule a stack", [live, ...kept([["staging"], ["prod"], ["eu"]]), rest]],
    ["without a set of two", [live, ...kept(SETS.toSpliced(1, 1)), rest]],
    ["a release too few is kept", [live, ...kept(SETS, KEEP - 1), rest]],
  ])("%s", (_, rules) => {
    const { failed, counterexample } = fc.check(survives(byEcr(rulesOf(JSON.stringify({ rules })))), {
      numRuns: 2000,
      endOnFailure: true,
    });
    expect(failed).toBe(true);
    expect(counterexample?.[0].length).toBeGreaterThan(0);
  });

  test("nothing says what ran before", () => {
    const rules = rulesOf(JSON.stringify({ rules: [live, ...kept(SETS), rest] }));
    const { failed } = fc.check(survives(byEcr(rules), { marksPrevious: false }), {
      numRuns: 2000,
      endOnFailure: true,
    });
    expect(failed).toBe(true);
  });

  const all = rulesOf(JSON.stringify({ rules: [live, ...kept(SETS), rest] }));
  const release = (...stacks: readonly Stack[]): readonly Event[] => [
    { kind: "push" },
    ...stacks.map((stack) => ({ kind: "release", stack, which: Number.MAX_SAFE_INTEGER }) as const),
  ];
  const often = (...stacks: readonly Stack[]) => Array.from({ length: KEEP + 1 }, () => release(...stacks)).flat();

  test.each<[string, readonly object[], readonly Event[]]>([
    [
      "one rule a stack, the seldom ones first: a fix that goes to prod alone",
      kept([["eu"], ["prod"], ["staging"]]),
      [...release("staging", "prod"), ...often("prod"), ...release("staging"), ...release("staging")],
    ],
    [
      "the sets of several last: a fix that goes to prod alone",
      kept(SETS.toReversed()),
      [...release("staging", "prod"), ...often("prod"), ...release("staging"), ...release("staging")],
    ],
    [
      "without the set of all: what all released, before two of them went on",
      kept(SETS.slice(1)),
      [...release("staging", "prod", "eu"), ...often("staging", "prod"), ...release("eu"), ...release("eu")],
    ],
  ])("%s", (_, some, events) => {
    const lost = (rules: readonly LifecycleRule[]): readonly string[] => {
      const repository = new Repository(byEcr(rules));
      for (const event of [...events, { kind: "clean-up" } as const]) repository.happen(event);
      return repository.missing();
    };
    expect(lost(rulesOf(JSON.stringify({ rules: [live, ...some, rest] })))).not.toEqual([]);
    expect(lost(all)).toEqual([]);
  });
});
