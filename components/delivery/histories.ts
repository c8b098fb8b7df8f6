import fc from "fast-check";
import type { StoredImage } from "../../policies/ecr-lifecycle.ts";
import { livePrefix, previousSuffix, releasePrefixOf } from "./retention.ts";

/** For tests: a repository over time, and everything that can happen to it. Times are days. */
export const KEEP = 10;
export const STACKS = ["staging", "prod", "eu"] as const;
export type Stack = (typeof STACKS)[number];

/** A build is pushed, a build is released, a stack goes back, time passes, the registry is cleaned up. */
export type Event =
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
  // At any moment.
  { weight: 3, arbitrary: fc.constant<Event>({ kind: "clean-up" }) },
);
export const histories = fc.array(event, { minLength: 50, maxLength: 250, size: "max" });

/** The images that are there after a cleanup. */
export type CleanUp = (images: readonly StoredImage[], now: number) => readonly StoredImage[];

interface Habits {
  /** Whether a deploy says what ran before. Default: it does. */
  readonly marksPrevious?: boolean;
  /** Whether builds are signed, as those in ghcr.io are. Default: no. */
  readonly signs?: boolean;
}

/** Each build is an index with images for two kinds of machines. */
const PARTS = { index: "00", amd64: "01", arm64: "02", signatures: "03", signature: "04" } as const;
const digestOf = (build: number, part: keyof typeof PARTS): string =>
  `sha256:${String(build).padStart(62, "0")}${PARTS[part]}`;
const buildOf = (digest: string): number => Number(digest.slice("sha256:".length, -2));

export class Repository {
  images: readonly StoredImage[] = [];
  /** Of each stack: builds in the order of their first release. */
  readonly released = new Map<Stack, readonly number[]>(STACKS.map((each) => [each, []]));
  readonly live = new Map<Stack, number>();
  /** What a stack ran before it ran what it runs. */
  readonly previous = new Map<Stack, number>();
  now = 0;
  #count = 0;
  readonly #cleanUp: CleanUp;
  readonly #habits: Habits;

  constructor(cleanUp: CleanUp, habits: Habits = {}) {
    this.#cleanUp = cleanUp;
    this.#habits = habits;
  }

  happen(event: Event): void {
    this.now += 0.01;
    if (event.kind === "push") this.#push();
    else if (event.kind === "days") this.now += event.number;
    else if (event.kind === "clean-up") this.images = this.#cleanUp(this.images, this.now);
    else this.#deploy(event);
  }

  #push(): void {
    const build = this.#count++;
    const children = [digestOf(build, "amd64"), digestOf(build, "arm64")];
    for (const child of children) this.#add(child, []);
    const index = digestOf(build, "index");
    this.#add(index, [`sha-${build}`], children);
    if (!this.#habits.signs) return;
    this.#add(digestOf(build, "signature"), []);
    this.#add(digestOf(build, "signatures"), [index.replace(":", "-")], [digestOf(build, "signature")]);
  }

  #add(digest: string, tags: readonly string[], children: readonly string[] = []): void {
    this.images = [...this.images, { digest, tags, children, pushedAt: this.now, storageClass: "standard" }];
  }

  /** A release is of a build that is at least as new as what the stack released before; going back is a rollback. */
  #deploy({ kind, stack, which }: Extract<Event, { readonly stack: Stack }>): void {
    const before = this.released.get(stack) ?? [];
    const newest = Math.max(-1, ...before);
    const candidates = kind === "rollback" ? this.targets(stack) : this.#builds().filter((each) => each >= newest);
    const build = candidates[which % candidates.length];
    if (build === undefined) return;
    const running = this.live.get(stack);
    if (running !== undefined && running !== build) this.previous.set(stack, running);
    this.live.set(stack, build);
    this.#move(`${livePrefix}${stack}`, build);
    const previous = this.previous.get(stack);
    if (previous !== undefined && this.#habits.marksPrevious !== false)
      this.#move(`${livePrefix}${stack}${previousSuffix}`, previous);
    if (kind !== "release") return;
    this.#move(`${releasePrefixOf(stack)}${build}`, build);
    if (!before.includes(build)) this.released.set(stack, [...before, build]);
  }

  /** What somebody can be asked to go back to: what ran before, and the last releases. */
  targets(stack: Stack): readonly number[] {
    const previous = this.previous.get(stack);
    const last = (this.released.get(stack) ?? []).slice(-KEEP);
    return previous === undefined || last.includes(previous) ? last : [previous, ...last];
  }

  readonly #builds = (): readonly number[] =>
    this.images.filter(({ tags }) => tags.some((tag) => tag.startsWith("sha-"))).map(({ digest }) => buildOf(digest));

  #move(tag: string, to: number): void {
    const target = digestOf(to, "index");
    this.images = this.images.map((image) => {
      const others = image.tags.filter((each) => each !== tag);
      return { ...image, tags: image.digest === target ? [...others, tag] : others };
    });
  }

  /** What cannot be pulled although it may be asked for: what each stack runs and can go back to, with all parts. */
  missing(): readonly string[] {
    const there = new Set(this.images.map(({ digest }) => digest));
    const parts = this.#habits.signs
      ? (["index", "amd64", "arm64", "signatures", "signature"] as const)
      : (["index", "amd64", "arm64"] as const);
    return [...this.live.values(), ...STACKS.flatMap((stack) => this.targets(stack))]
      .flatMap((build) => parts.map((part) => digestOf(build, part)))
      .filter((digest) => !there.has(digest));
  }
}

/** Law: whatever happens, what each stack runs, what it ran before and its last releases can be pulled. */
export const survives = (cleanUp: CleanUp, habits?: Habits) =>
  fc.property(histories, (events) => {
    const repository = new Repository(cleanUp, habits);
    return events.every((each) => {
      repository.happen(each);
      return repository.missing().length === 0;
    });
  });
