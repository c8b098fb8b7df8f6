import { type Image, imageReference } from "../workload/index.ts";
import { releasePrefixOf } from "./retention.ts";

/** A third-party image as a stack has it in its own registry: one entry of the stack's lock. */
export interface MirroredImage {
  /** What runs: an image, or an index of images for several kinds of machines. */
  readonly digest: string;
  /** What the maker's tag named when it was copied: the same, or the index that the image was taken out of. */
  readonly named: string;
  /** ISO 8601. */
  readonly since: string;
}

/** By the reference of the maker, as `docker.io/library/nginx:1.28.0-alpine`: another version's digest is never taken for it. */
export type Mirrored = Readonly<Record<string, MirroredImage>>;

/** What the settings take of a lock. */
export const digestsOf = (mirrored: Mirrored): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(mirrored).map(([reference, { digest }]) => [reference, digest]));

/**
 * The lock with what was copied now. Earlier versions stay, as many of a repository as the registry keeps, so that a
 * stack that goes back to one has the image that it ran.
 */
export function withMirrored(before: Mirrored, now: Mirrored, keep: number): Mirrored {
  const newestFirst = Object.entries({ ...before, ...now }).toSorted(
    ([one, a], [other, b]) => b.since.localeCompare(a.since) || one.localeCompare(other),
  );
  const kept = [...Map.groupBy(newestFirst, ([reference]) => repositoryOf(reference)).values()].flatMap((entries) =>
    // What runs now stays, however many there are.
    entries.filter(([reference], place) => reference in now || place < keep),
  );
  return Object.fromEntries(kept.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** The lock of another stack. */
export interface OtherLock {
  readonly stack: string;
  readonly images: Mirrored;
}

/** An image that another stack runs already. */
export interface Adopted {
  readonly reference: string;
  readonly stack: string;
  readonly entry: MirroredImage;
}

/**
 * What a stack takes over from others: of a version that it has not locked, the image that another one runs under the same
 * reference, the newest. So prod runs what staging has run, whatever the maker's tag names by then.
 * @param others stacks whose hosts are of the same kind of machine: an index may hold an image for each.
 * @param now ISO 8601.
 */
export const adopted = (
  references: readonly string[],
  locked: Mirrored,
  others: readonly OtherLock[],
  now: string,
): readonly Adopted[] =>
  references
    .filter((reference) => !Object.hasOwn(locked, reference))
    .flatMap((reference) => {
      const [newest] = others
        .flatMap(({ stack, images }) =>
          Object.entries(images).flatMap(([key, entry]) => (key === reference ? [{ reference, stack, entry }] : [])),
        )
        .toSorted(
          (one, other) => other.entry.since.localeCompare(one.entry.since) || one.stack.localeCompare(other.stack),
        );
      return newest === undefined ? [] : [{ ...newest, entry: { ...newest.entry, since: now } }];
    });

const repositoryOf = (reference: string): string => reference.replace(/:[^/]*$/, "");

/**
 * The tag under which a stack's copy is kept, by the rules of its releases' images: it never moves, so it holds the digest too.
 */
export const mirrorTag = (stack: string, { version }: Image, digest: string): string =>
  `${releasePrefixOf(stack)}${version}.${digest.slice("sha256:".length, "sha256:".length + 12)}`;

/** What a maker's tag names now. */
export type Named =
  | { readonly kind: "found"; readonly digest: string }
  | { readonly kind: "gone" }
  /** The maker's registry cannot be asked. */
  | { readonly kind: "unknown"; readonly why: string };

/** What is known of an image when it is to be copied. */
export interface Known {
  /** Of the lock. */
  readonly locked: MirroredImage | undefined;
  /** Whether the stack's registry has what is locked. */
  readonly isThere: boolean;
  readonly named: Named;
  /** A person wants what the tag names now. */
  readonly renew: boolean;
}

/** What is done with an image. */
export type Decision =
  /** Nothing is copied. */
  | { readonly kind: "stays"; readonly note?: string }
  /** What is locked is copied once more: the registry has lost it, or is another one. */
  | { readonly kind: "copy-locked"; readonly note?: string }
  /** What the tag names is copied, and locked. */
  | { readonly kind: "copy-named"; readonly named: string }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Decides for one image. What is locked stays what it is, whatever the maker's tag names by now, unless a person wants
 * that: it is said, never taken. So a deploy needs no maker's registry as long as the stack's own has what is locked.
 */
export function decide(image: Image, { locked, isThere, named, renew }: Known): Decision {
  const reference = imageReference(image);
  if (locked === undefined || renew) {
    if (named.kind !== "found") return { kind: "refused", why: `${reference}: ${whyNot(named)}` };
    if (named.digest !== locked?.named) return { kind: "copy-named", named: named.digest };
  }
  const note = noteOf(reference, locked.named, named);
  return { kind: isThere ? "stays" : "copy-locked", ...(note === undefined ? {} : { note }) };
}

const whyNot = (named: Exclude<Named, { kind: "found" }>): string =>
  named.kind === "gone"
    ? "its registry has no such image (any more): say a version that is there, in images.versions"
    : named.why;

function noteOf(reference: string, locked: string, named: Named): string | undefined {
  switch (named.kind) {
    case "gone":
      return `${reference}: its maker has it no more; the copy serves on, but say a version that is there`;
    case "unknown":
      return `${reference}: whether it still is what was copied is not known: ${named.why}`;
    case "found":
      return named.digest === locked
        ? undefined
        : `${reference}: the tag names another image by now, ${named.digest} in place of ${locked}; what is locked stays, --renew takes the new one`;
  }
}
