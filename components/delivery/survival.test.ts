import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterwards, type LifecycleRule, type StoredImage } from "../../policies/ecr-lifecycle.ts";
import { readDocument } from "../../policies/ecr-lifecycle-document.ts";
import { at, rootOf } from "../../policies/values.ts";
import { lifecyclePolicy, livePrefix, releasePrefix } from "./retention.ts";

const KEEP = 10;
const STACKS = ["staging", "prod"] as const;
type Stack = (typeof STACKS)[number];

/** What happens to a repository: a build is pushed, a build is released, a stack goes back, time passes, ECR cleans up. */
type Event =
  | { readonly kind: "push" }
  | { readonly kind: "release"; readonly stack: Stack; readonly which: number }
  | { readonly kind: "rollback"; readonly stack: Stack; readonly which: number }
  | { readonly kind: "days"; readonly number: number }
  | { readonly kind: "clean-up" };

/** Far more goes to staging than to prod, which so runs what was pushed long ago. */
const stack = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Stack>("staging") },
  { weight: 1, arbitrary: fc.constant<Stack>("prod") },
);
const which = fc.nat({ max: 50 });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Event>({ kind: "push" }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("release" as const), stack, which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rollback" as const), stack, which }) },
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
  /** Digests in the order of their first release. */
  readonly released: string[] = [];
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

  /** A release is of a build that is at least as new as what was released before; going back is a rollback. */
  #deploy({ kind, stack, which }: Extract<Event, { readonly stack: Stack }>): void {
    const newest = Math.max(-1, ...this.released.map(Number));
    const candidates =
      kind === "rollback"
        ? this.released.slice(-KEEP)
        : this.images
            .filter(({ digest, tags }) => tags.length > 0 && Number(digest) >= newest)
            .map(({ digest }) => digest);
    const digest = candidates[which % candidates.length];
    if (digest === undefined) return;
    if (!this.released.includes(digest)) this.released.push(digest);
    this.live.set(stack, digest);
    this.images = this.images.map((image) => this.#tagged(image, digest, stack));
  }

  #tagged(image: StoredImage, digest: string, stack: Stack): StoredImage {
    const live = `${livePrefix}${stack}`;
    const others = image.tags.filter((tag) => tag !== live);
    if (image.digest !== digest) return { ...image, tags: others };
    return { ...image, tags: [...new Set([...others, live, `${releasePrefix}${digest}`])] };
  }

  /** What cannot be pulled although it may be asked for: what runs and the last releases, with all of their parts. */
  missing(): readonly string[] {
    const there = new Set(this.images.map(({ digest }) => digest));
    const needed = [...this.live.values(), ...this.released.slice(-KEEP)];
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
  const rules = rulesOf(lifecyclePolicy({ keep: KEEP, rollbackDepth: KEEP - 1 }));

  test("law: whatever is pushed, released and taken back, what runs and the last 10 releases can be pulled", () => {
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
        // Releases, what each stack runs, builds that were never released; each with its two parts.
        expect(repository.images.length).toBeLessThanOrEqual(3 * (KEEP + STACKS.length + 30));
      }),
      { numRuns: 50 },
    );
  });
});

test("the limit: releases are counted over all stacks, so a stack that releases seldom cannot count on its own last", () => {
  const repository = new Repository(rulesOf(lifecyclePolicy({ keep: KEEP, rollbackDepth: KEEP - 1 })));
  const newest = { kind: "release", which: 0 } as const;
  repository.happen({ kind: "push" });
  repository.happen({ ...newest, stack: "prod" });
  for (let release = 0; release <= KEEP; release++) {
    repository.happen({ kind: "push" });
    repository.happen({ ...newest, stack: "staging", which: 1 });
  }
  const runsInProd = () => repository.images.some(({ digest }) => digest === "0");
  repository.happen({ kind: "clean-up" });
  expect(runsInProd()).toBe(true);
  repository.happen({ ...newest, stack: "prod" });
  repository.happen({ kind: "clean-up" });
  expect(runsInProd()).toBe(false);
});

describe("without one of its parts a history is found in which something needed is gone", () => {
  const rule = (rulePriority: number, selection: object): object => ({
    rulePriority,
    selection: { tagStatus: "tagged", countType: "imageCountMoreThan", ...selection },
    action: { type: "expire" },
  });
  const live = rule(1, { tagPatternList: ["live-*"], countNumber: 9999 });
  const releases = rule(2, { tagPatternList: ["release-*"], countNumber: KEEP });
  const rest = rule(4, { tagStatus: "any", countNumber: 30 });

  test.each<[string, readonly object[]]>([
    ["plain counting", [rule(1, { tagStatus: "any", countNumber: 30 })]],
    ["plain age", [rule(1, { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: 30 })]],
    ["what runs is not shielded", [releases, rest]],
    ["what runs is shielded too late", [{ ...live, rulePriority: 3 }, releases, rest]],
    ["releases are counted with builds", [live, rest]],
    ["a release too few is kept", [live, rule(2, { tagPatternList: ["release-*"], countNumber: KEEP - 1 }), rest]],
  ])("%s", (_, rules) => {
    const { failed, counterexample } = fc.check(survives(rulesOf(JSON.stringify({ rules }))), {
      numRuns: 2000,
      endOnFailure: true,
    });
    expect(failed).toBe(true);
    expect(counterexample?.[0].length).toBeGreaterThan(0);
  });
});
