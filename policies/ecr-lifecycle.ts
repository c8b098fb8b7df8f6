/**
 * A model of how ECR applies the rules of a lifecycle policy, as its user guide documents it:
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
 * What it does not say (which of two images that were pushed at once counts as older) is not relied on.
 */

export type StorageClass = "standard" | "archive";

/** Which of the images that a rule selects it acts on. */
export type Count =
  | { readonly kind: "beyond-newest"; readonly number: number }
  | { readonly kind: "days-since"; readonly event: "pushed" | "pulled" | "archived"; readonly number: number };

export interface LifecycleRule {
  /** The lowest is applied first. */
  readonly priority: number;
  readonly tagStatus: "tagged" | "untagged" | "any";
  /** For `tagged`: each of them must match one of the image's tags; `*` stands for any characters. */
  readonly patterns: readonly string[];
  readonly storageClass: StorageClass;
  readonly count: Count;
  readonly action: "expire" | "archive";
}

/** Times are days on one clock. */
export interface StoredImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly storageClass: StorageClass;
  /** When it was pushed, or taken back out of the archive. A tag that is added later does not change it. */
  readonly pushedAt: number;
  /** When it was last pulled; absent: never. */
  readonly pulledAt?: number;
  readonly archivedAt?: number;
  /** For a manifest list: the digests that it refers to. */
  readonly children?: readonly string[];
}

/** What becomes of an image within a day. */
export interface Outcome {
  readonly image: StoredImage;
  readonly rule: LifecycleRule;
}

/**
 * The images that a policy takes away or archives at a moment. ECR does it within 24 hours. An image that a rule
 * selects is left alone by all later ones, also where the rule itself lets it live; later rules still count it.
 */
export function outcomes(
  rules: readonly LifecycleRule[],
  images: readonly StoredImage[],
  now: number,
): readonly Outcome[] {
  const claimed = new Set<StoredImage>();
  const marked = new Map<string, Outcome>();
  for (const rule of rules.toSorted((a, b) => a.priority - b.priority)) {
    const selected = images.filter((image) => selects(rule, image));
    for (const image of actedOn(rule.count, selected, now)) {
      if (!claimed.has(image)) marked.set(image.digest, { image, rule });
    }
    for (const image of selected) claimed.add(image);
  }
  const held = new Set(images.filter(({ digest }) => !marked.has(digest)).flatMap(({ children = [] }) => children));
  return [...marked.values()].filter(({ image }) => !held.has(image.digest));
}

/** The images that are there after ECR has done so. */
export function afterwards(
  rules: readonly LifecycleRule[],
  images: readonly StoredImage[],
  now: number,
): readonly StoredImage[] {
  const changes = new Map(outcomes(rules, images, now).map(({ image, rule }) => [image.digest, rule.action]));
  return images.flatMap((image): readonly StoredImage[] => {
    const action = changes.get(image.digest);
    if (action === "expire") return [];
    return [action === "archive" ? { ...image, storageClass: "archive", archivedAt: now } : image];
  });
}

function actedOn(count: Count, selected: readonly StoredImage[], now: number): readonly StoredImage[] {
  if (count.kind === "beyond-newest") {
    return selected.toSorted((a, b) => b.pushedAt - a.pushedAt).slice(count.number);
  }
  return selected.filter((image) => now - timeOf(count.event, image) > count.number);
}

function timeOf(event: "pushed" | "pulled" | "archived", image: StoredImage): number {
  const { pushedAt, pulledAt = pushedAt, archivedAt = Number.POSITIVE_INFINITY } = image;
  return { pushed: pushedAt, pulled: pulledAt, archived: archivedAt }[event];
}

/** Whether a rule is about an image: of its storage class, and with the tags that it asks for. */
export function selects(
  rule: LifecycleRule,
  { tags, storageClass }: Pick<StoredImage, "tags" | "storageClass">,
): boolean {
  if (rule.storageClass !== storageClass) return false;
  if (rule.tagStatus === "any") return true;
  if (rule.tagStatus === "untagged") return tags.length === 0;
  return rule.patterns.every((pattern) => tags.some((tag) => matches(pattern, tag)));
}

/** Whether a tag matches a pattern; of another pattern as `tag`, whether it can match nothing more than the first. */
export function matches(pattern: string, tag: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`).test(tag);
}

/** Whether every image that the second rule selects is selected by the first too. */
export function covers(first: LifecycleRule, second: LifecycleRule): boolean {
  if (first.storageClass !== second.storageClass) return false;
  if (first.tagStatus === "any") return true;
  if (first.tagStatus !== second.tagStatus) return false;
  return first.patterns.every((wide) => second.patterns.some((narrow) => matches(wide, narrow)));
}
