import { livePrefix, previousSuffix, releasePrefixOf, untaggedDays } from "./retention.ts";

/** What a registry holds of a service: the manifest of an image, or an index of several. */
export interface RegistryImage {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly tags: readonly string[];
  /** Milliseconds since 1970. A tag that is added later does not change it. */
  readonly pushedAt: number;
  /** Digests of what an index holds: an image for each kind of machine, with their SBOM and provenance. */
  readonly children: readonly string[];
}

/** What becomes of an image, and why. */
export interface Verdict {
  readonly image: RegistryImage;
  readonly keeps: boolean;
  /** For a person, as `runs in prod`. */
  readonly reason: string;
}

export interface CleanupRule {
  /** Of a service: images that are kept whatever they are, and releases that are kept of each stack. */
  readonly keep: number;
  /** Whose releases are kept. */
  readonly stacks: readonly string[];
  /** Digests that a stack has on record, each with its name: a rollback by hand moves no mark here. Default: none. */
  readonly recorded?: ReadonlyMap<string, string>;
}

const day = 86_400_000;

/**
 * Says of every image of one service whether it stays, each with its reason; in the given order. Five things stay: what
 * a stack runs or ran before (`live-*`), what it has on record, each stack's last `keep` releases, the newest `keep` images, and what was
 * pushed within a day and has no tag (yet). With them what they hold, and their signatures.
 */
export function judgeImages(images: readonly RegistryImage[], rule: CleanupRule, now: number): readonly Verdict[] {
  const kept = withTheirParts(images, reasonsToStay(images, rule, now));
  return images.map((image) => {
    const reason = kept.get(image.digest);
    return reason === undefined
      ? { image, keeps: false, reason: whyItGoes(image, rule) }
      : { image, keeps: true, reason };
  });
}

/** An image that goes, with the digests of what belongs to it: what it holds, its signatures. */
export interface Deletion {
  readonly image: RegistryImage;
  readonly reason: string;
  readonly parts: readonly string[];
}

/**
 * What goes, in the order in which it is deleted: an image before its parts, so that whatever ends the cleanup half way
 * leaves none behind that has lost one.
 */
export function deletions(verdicts: readonly Verdict[]): readonly Deletion[] {
  const parts = partsOf(verdicts.map(({ image }) => image));
  const ordered: Deletion[] = [];
  let rest: readonly Deletion[] = verdicts
    .filter(({ keeps }) => !keeps)
    .map(({ image, reason }) => ({ image, reason, parts: parts.get(image.digest) ?? [] }));
  while (rest.length > 0) {
    const held = new Set(rest.flatMap((each) => each.parts));
    const next = rest.filter(({ image }) => !held.has(image.digest));
    // A digest cannot be made to hold itself; two that claim to sign each other can.
    ordered.push(...(next.length > 0 ? next : rest));
    rest = next.length > 0 ? rest.filter(({ image }) => held.has(image.digest)) : [];
  }
  return ordered;
}

type Reasons = ReadonlyMap<string, string>;

/** Reasons by digest; of several the first. */
function reasonsToStay(images: readonly RegistryImage[], rule: CleanupRule, now: number): Reasons {
  const { keep, stacks, recorded = new Map<string, string>() } = rule;
  const newestFirst = images.toSorted((one, other) => other.pushedAt - one.pushedAt);
  const whole = newestFirst.filter(({ tags }) => tags.some((tag) => subjectOf(tag) === undefined));
  const releasesOf = (stack: string) =>
    whole.filter(({ tags }) => tags.some((tag) => releasedBy(tag, stacks) === stack)).slice(0, keep);
  const reasons: readonly (readonly [digest: string, reason: string])[] = [
    ...images.flatMap(({ digest, tags }) =>
      tags.filter((tag) => tag.startsWith(livePrefix)).map((tag) => [digest, liveReason(tag)] as const),
    ),
    ...images.flatMap(({ digest }) => {
      const stack = recorded.get(digest);
      return stack === undefined ? [] : [[digest, `on record: ${stack} runs it, or can go back to it`] as const];
    }),
    ...stacks.flatMap((stack) =>
      releasesOf(stack).map(({ digest }) => [digest, `among the last ${keep} releases of ${stack}`] as const),
    ),
    ...whole.slice(0, keep).map(({ digest }) => [digest, `among the newest ${keep} images`] as const),
    ...images
      .filter(({ tags, pushedAt }) => tags.length === 0 && now - pushedAt <= untaggedDays * day)
      .map(({ digest }) => [digest, "pushed within a day: it may become part of an image"] as const),
  ];
  return new Map(reasons.toReversed());
}

/** Also what belongs to those, and to that again. */
function withTheirParts(images: readonly RegistryImage[], roots: Reasons): Reasons {
  const parts = partsOf(images);
  const kept = new Map(roots);
  const queue = [...roots.keys()];
  for (const holder of queue) {
    for (const part of parts.get(holder) ?? []) {
      if (kept.has(part)) continue;
      kept.set(part, `belongs to ${shortDigest(holder)}`);
      queue.push(part);
    }
  }
  return kept;
}

/** By digest: what an index holds, and what is attached to it. */
function partsOf(images: readonly RegistryImage[]): ReadonlyMap<string, readonly string[]> {
  const attached = images.flatMap(({ digest, tags }) =>
    tags.flatMap((tag) => subjectOf(tag) ?? []).map((subject) => [subject, digest] as const),
  );
  const held = images.flatMap(({ digest, children }) => children.map((child) => [digest, child] as const));
  const all = Map.groupBy([...held, ...attached], ([holder]) => holder);
  return new Map([...all].map(([holder, pairs]) => [holder, pairs.map(([, part]) => part)]));
}

function whyItGoes({ tags }: RegistryImage, { keep }: CleanupRule): string {
  if (tags.length === 0) return "no tag, and it belongs to nothing that is kept";
  const [subject] = tags.flatMap((tag) => subjectOf(tag) ?? []);
  if (subject !== undefined) return `${shortDigest(subject)}, to which it belongs, is gone or goes`;
  return `no stack runs it, and it is not among the last ${keep} releases or images`;
}

/**
 * What a tag attaches its image to: signatures and attestations have a tag made of the digest they are about. cosign's
 * `sha256-<hex>.sig`, and the plain `sha256-<hex>` where the registry has no referrers API, as ghcr.io:
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#referrers-tag-schema
 */
export function subjectOf(tag: string): string | undefined {
  const [, hex] = /^sha256-([0-9a-f]{64})(?:\.\w+)?$/.exec(tag) ?? [];
  return hex === undefined ? undefined : `sha256:${hex}`;
}

/** The stack whose release a tag marks: the longest name that fits, so that `prod-eu` is not `prod`. */
const releasedBy = (tag: string, stacks: readonly string[]): string | undefined =>
  stacks.toSorted((one, other) => other.length - one.length).find((stack) => tag.startsWith(releasePrefixOf(stack)));

const liveReason = (tag: string): string => {
  const name = tag.slice(livePrefix.length);
  return name.endsWith(previousSuffix) ? `ran in ${name.slice(0, -previousSuffix.length)} before` : `runs in ${name}`;
};

/** As git shortens a commit. */
export const shortDigest = (digest: string): string => digest.slice(0, "sha256:".length + 12);
