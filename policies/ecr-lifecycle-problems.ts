import { covers, type LifecycleRule, outcomes, type StoredImage, selects } from "./ecr-lifecycle.ts";
import type { Concern } from "./enforcement.ts";

/** What the rules of one repository do that nobody can want. */
export interface LifecycleProblem {
  readonly problem: string;
  readonly repair: string;
  readonly concern: Concern;
}

const RELEASES_FIRST =
  '{ rulePriority: 1, selection: { tagStatus: "tagged", tagPatternList: ["release-*"], countType: "imageCountMoreThan", countNumber: 10 }, action: { type: "expire" } }';
const REST_LAST =
  '{ rulePriority: 99, selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 30 }, action: { type: "expire" } }';

/**
 * Judges rules by what they do to images in the model.
 * @param releases that must survive whatever is pushed after them: the running one and those to go back to.
 */
export function lifecycleProblems(rules: readonly LifecycleRule[], releases: number): readonly LifecycleProblem[] {
  return [...rules.flatMap((rule) => idle(rule, rules)), ...evicting(rules, releases), ...unbounded(rules)];
}

/** Rules that never do anything: no image can match them, or an earlier rule has taken all that do. */
function idle(rule: LifecycleRule, rules: readonly LifecycleRule[]): readonly LifecycleProblem[] {
  const name = `rule ${rule.priority}`;
  const impossible = rule.patterns.find((pattern) => !canMatch(pattern));
  if (impossible !== undefined) {
    const problem = `${name} can never match: no tag looks like ${JSON.stringify(impossible)} (letters, digits, and . _ - after the first; a pattern knows only *)`;
    return [{ problem, repair: 'tagPatternList: ["release-*"]', concern: "depth" }];
  }
  if (rule.storageClass === "archive" && rules.every(({ action }) => action !== "archive")) {
    const problem = `${name} can never match: it is about archived images, and no rule archives any`;
    return [{ problem, repair: 'action: { type: "transition", targetStorageClass: "archive" }', concern: "depth" }];
  }
  const earlier = rules.find((other) => other.priority < rule.priority && covers(other, rule));
  if (earlier === undefined) return [];
  const problem = `${name} is shadowed: rule ${earlier.priority} comes before it and selects every image that it would`;
  return [{ problem, repair: `rulePriority: ${Math.max(1, earlier.priority - 1)}`, concern: "depth" }];
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-manifests says what a tag is. */
const canMatch = (pattern: string): boolean =>
  /^[\w*][\w.*-]*$/.test(pattern) && pattern.replaceAll("*", "").length <= 128;

/** A build's tag that no pattern but the widest matches. */
const buildTag = (number: number): string => `0.zz.${number}`;

/** A rule that lets an image live through more pushes protects it for practice. */
const MANY_PUSHES = 300;

/**
 * However releases are tagged, are the last ones there after many other pushes and much time? Each rule says by its
 * patterns how they could be tagged; the rest is tagged as builds are.
 */
function evicting(rules: readonly LifecycleRule[], releases: number): readonly LifecycleProblem[] {
  const namings = [
    ...rules.filter(({ tagStatus }) => tagStatus === "tagged").map(tagsLike),
    (number: number): readonly string[] => [buildTag(-1 - number)],
  ];
  const fates = namings.map((tags) => fateOf(rules, tags, releases));
  const best = Math.max(...fates.map(({ survivors }) => survivors));
  if (best >= releases) return [];
  const { cause } = fates.find(({ survivors }) => survivors === best) ?? {};
  if (cause === undefined) return [];
  const kept = best === 0 ? "not even the running one" : `only ${best}`;
  const problem = `of the last ${releases} releases ${kept} stays: ${described(cause)}`;
  return [{ problem, repair: `rules: [${RELEASES_FIRST}, …]`, concern: "depth" }];
}

const described = ({ priority, count, action }: LifecycleRule): string => {
  const does = action === "archive" ? "archives, so that nobody can pull it," : "deletes";
  return count.kind === "beyond-newest"
    ? `rule ${priority} ${does} what is not among the newest ${count.number}, whatever runs`
    : `rule ${priority} ${does} what was ${count.event} more than ${count.number} days ago, whatever runs`;
};

interface Fate {
  readonly survivors: number;
  /** The rule that took away the newest of those that did not survive. */
  readonly cause: LifecycleRule | undefined;
}

function fateOf(rules: readonly LifecycleRule[], tags: (number: number) => readonly string[], releases: number): Fate {
  const largest = Math.max(...rules.map(({ count }) => count.number));
  const released = pushed(releases, tags, -releases);
  const builds = pushed(Math.min(MANY_PUSHES, largest + 1), (number) => [buildTag(number)], 0);
  const muchLater = builds.length + largest + 1;
  const taken = new Map(
    outcomes(rules, [...released, ...builds], muchLater).map(({ image, rule }) => [image.digest, rule]),
  );
  const lost = released.filter(({ digest }) => taken.has(digest));
  return { survivors: released.length - lost.length, cause: taken.get(lost.at(-1)?.digest ?? "") };
}

/** Images pushed one a day from `first` on; a tag that comes again moves from the older image to the newer. */
function pushed(count: number, tags: (number: number) => readonly string[], first: number): readonly StoredImage[] {
  const images = Array.from({ length: count }, (_, number) => ({
    digest: `${tags(number).join()} ${first + number}`,
    tags: tags(number),
    storageClass: "standard" as const,
    pushedAt: first + number,
  }));
  return images.map((image, place) => {
    const later = new Set(images.slice(place + 1).flatMap((other) => other.tags));
    return { ...image, tags: image.tags.filter((tag) => !later.has(tag)) };
  });
}

/** Tags that a rule selects: its patterns with a number for each `*`. */
const tagsLike =
  ({ patterns }: LifecycleRule) =>
  (number: number): readonly string[] =>
    patterns.map((pattern) => pattern.replaceAll("*", `a${number}`));

/** Images that no rule ever takes away pile up. */
function unbounded(rules: readonly LifecycleRule[]): readonly LifecycleProblem[] {
  const isTaken = (image: Pick<StoredImage, "tags" | "storageClass">): boolean => {
    const rule = rules.toSorted((a, b) => a.priority - b.priority).find((each) => selects(each, image));
    if (rule?.action === "archive") return isTaken({ ...image, storageClass: "archive" });
    return rule !== undefined;
  };
  const repair = `rules: […, ${REST_LAST}]`;
  const takesTagged = rules.some(({ tagStatus, action }) => tagStatus !== "untagged" && action === "expire");
  if (!takesTagged) {
    return [{ problem: "no rule deletes tagged images: they pile up", repair, concern: "depth" }];
  }
  if (!isTaken({ tags: [buildTag(0)], storageClass: "standard" })) {
    const problem = "images with a tag that no rule names are never deleted: they pile up";
    return [{ problem, repair, concern: "hygiene" }];
  }
  if (!isTaken({ tags: [], storageClass: "standard" })) {
    const problem = "images without a tag, as a moved tag leaves them behind, are never deleted: they pile up";
    return [{ problem, repair, concern: "hygiene" }];
  }
  return [];
}
