import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterwards, type LifecycleRule, type StoredImage } from "../../policies/ecr-lifecycle.ts";
import { readDocument } from "../../policies/ecr-lifecycle-document.ts";
import { lifecycleProblems } from "../../policies/ecr-lifecycle-problems.ts";
import { at, rootOf } from "../../policies/values.ts";
import { lifecyclePolicy, livePrefix, releasePrefixOf } from "./retention.ts";

const KEEP = 10;
const STACKS = ["staging", "prod", "eu"] as const;
type Stack = (typeof STACKS)[number];

/** What happens to a repository: a build is pushed, a build is released, a stack goes back, time passes, ECR cleans up. */
type Event =
  | { readonly kind: "push" }
  | { readonly kind: "release"; readonly stack: Stack; readonly which: number }
  | { readonly kind: "rollback"; readonly stack: Stack; readonly which: number }
  /** Somebody lets a stack run a build without releasing it. */
  | { readonly kind: "by-hand"; readonly stack: Stack; readonly which: number }
  | { readonly kind: "days"; readonly number: number }
  | { readonly kind: "clean-up" };

/** Far more goes to staging than to the others, which so run what was pushed long ago. */
const stack = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Stack>("staging") },
  { weight: 1, arbitrary: fc.constant<Stack>("prod") },
  { weight: 1, arbitrary: fc.constant<Stack>("eu") },
);
const which = fc.nat({ max: 50 });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Event>({ kind: "push" }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("release" as const), stack, which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rollback" as const), stack, which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("by-hand" as const), stack, which }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("days" as const), number: fc.double({ min: 0.1, max: 40, noNaN: true }) }),
  },
  // Within 24 hours of when it could: at any moment.
  { weight: 3, arbitrary: fc.constant<Event>({ kind: "clean-up" }) },
);
const histories = fc.array(event, { minLength: 50, maxLength: 250, size: "max" });

/** A repository over time; each build is a manifest list with two images for two kinds of machines. */
class Repository {
  images: readonly StoredImage[] = [];
  /** Of each stack: digests in the order of their first release. */
  readonly released = new Map<Stack, readonly string[]>(STACKS.map((stack) => [stack, []]));
  readonly live = new Map<Stack, string>();
  #now = 0;
  #count = 0;
  readonly #rules: readonly LifecycleRule[];

  constructor(rules: readonly LifecycleRule[]) {
    this.#rules = rules;
  }

  happen(event: Event): void {
    this.#now += 0.01;
    if (event.kind === "push") this.#push();
    else if (event.kind === "days") this.#now += event.number;
    else if (event.kind === "clean-up") this.images = afterwards(this.#rules, this.images, this.#now);
    else this.#deploy(event);
  }

  #push(): void {
    const [number, pushedAt] = [this.#count++, this.#now];
    const children = ["amd64", "arm64"].map((machine) => `${number}-${machine}`);
    const add = (digest: string, tags: readonly string[], more: Partial<StoredImage> = {}) => {
      this.images = [...this.images, { digest, tags, pushedAt, storageClass: "standard", ...more }];
    };
    for (const child of children) add(child, []);
    add(String(number), [`sha-${number}`], { children });
  }

  /** A release is of a build that is at least as new as what the stack released before; going back is a rollback. */
  #deploy({ kind, stack, which }: Extract<Event, { readonly stack: Stack }>): void {
    const before = this.released.get(stack) ?? [];
    const newest = Math.max(-1, ...before.map(Number));
    const candidates =
      kind === "rollback"
        ? before.slice(-KEEP)
        : this.images
            .filter(({ digest, tags }) => tags.length > 0 && Number(digest) >= newest)
            .map(({ digest }) => digest);
    const digest = candidates[which % candidates.length];
    if (digest === undefined) return;
    const release = kind === "by-hand" ? [] : [`${releasePrefixOf(stack)}${digest}`];
    if (release.length > 0 && !before.includes(digest)) this.released.set(stack, [...before, digest]);
    this.live.set(stack, digest);
    const live = `${livePrefix}${stack}`;
    this.images = this.images.map((image) => {
      const others = image.tags.filter((tag) => tag !== live);
      return { ...image, tags: image.digest === digest ? [...new Set([...others, live, ...release])] : others };
    });
  }

  /** What cannot be pulled although it may be asked for: what each stack runs and its last releases, with all parts. */
  missing(): readonly string[] {
    const there = new Set(this.images.map(({ digest }) => digest));
    const needed = [...this.live.values(), ...[...this.released.values()].flatMap((digests) => digests.slice(-KEEP))];
    return needed
      .flatMap((digest) => [digest, `${digest}-amd64`, `${digest}-arm64`])
      .filter((part) => !there.has(part));
  }
}

const rulesOf = (document: string): readonly LifecycleRule[] => {
  const { rules, refused } = readDocument(at(rootOf(JSON.parse(document)), "rules"));
  expect(refused).toEqual([]);
  return rules;
};

const survives = (rules: readonly LifecycleRule[]) =>
  fc.property(histories, (events) => {
    const repository = new Repository(rules);
    for (const event of events) {
      repository.happen(event);
      if (repository.missing().length > 0) return false;
    }
    return true;
  });

describe("the rules that bootstrap makes", () => {
  const rules = rulesOf(lifecyclePolicy({ keep: KEEP, rollbackDepth: KEEP - 1, stacks: STACKS }));

  test("the policies have nothing against them", () => {
    expect(lifecycleProblems(rules, KEEP)).toEqual([]);
  });

  test("law: whatever is pushed, released and taken back, what runs and the last 10 releases of each stack can be pulled", () => {
    fc.assert(survives(rules), { numRuns: 100 });
  });

  test("law: the number kept is bounded", () => {
    fc.assert(
      fc.property(histories, (events) => {
        const repository = new Repository(rules);
        for (const event of events) repository.happen(event);
        for (const event of [{ kind: "days", number: 2 }, { kind: "clean-up" }, { kind: "clean-up" }] as const) {
          repository.happen(event);
        }
        // Releases by who released them, what each stack runs, builds never released; each with its two parts.
        const sets = 2 ** STACKS.length - 1;
        expect(repository.images.length).toBeLessThanOrEqual(3 * (KEEP * sets + STACKS.length + 30));
      }),
      { numRuns: 50 },
    );
  });
});

test("a stack that releases seldom can go back, however often another released since", () => {
  const repository = new Repository(rulesOf(lifecyclePolicy({ keep: KEEP, rollbackDepth: KEEP - 1, stacks: STACKS })));
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
  expect(repository.live.get("prod")).toBe("0");
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
    const { failed, counterexample } = fc.check(survives(rulesOf(JSON.stringify({ rules }))), {
      numRuns: 2000,
      endOnFailure: true,
    });
    expect(failed).toBe(true);
    expect(counterexample?.[0].length).toBeGreaterThan(0);
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
      [...release("staging", "prod"), ...often("prod"), ...release("staging")],
    ],
    [
      "the sets of several last: a fix that goes to prod alone",
      kept(SETS.toReversed()),
      [...release("staging", "prod"), ...often("prod"), ...release("staging")],
    ],
    [
      "without the set of all: what all released, before two of them went on",
      kept(SETS.slice(1)),
      [...release("staging", "prod", "eu"), ...often("staging", "prod"), ...release("eu")],
    ],
  ])("%s", (_, some, events) => {
    const lost = (rules: readonly LifecycleRule[]): readonly string[] => {
      const repository = new Repository(rules);
      for (const event of [...events, { kind: "clean-up" } as const]) repository.happen(event);
      return repository.missing();
    };
    expect(lost(rulesOf(JSON.stringify({ rules: [live, ...some, rest] })))).not.toEqual([]);
    expect(lost(all)).toEqual([]);
  });
});
