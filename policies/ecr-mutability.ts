import { matches } from "./ecr-lifecycle.ts";
import { REPOSITORY } from "./ecr-retention.ts";
import { type Finding, judged, type Resource, type ResourceRule, unjudged, type Verdict } from "./policy.ts";
import { at, entries, isUnknown, type Node, rootOf, text } from "./values.ts";

const PAGE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html";
export const IMMUTABLE = 'imageTagMutability: "IMMUTABLE"';

/** What is excluded from immutability may move, from mutability it may not; an exclusion that matches this excludes everything. */
const ANY_TAG = "any.tag-0";
/** How releases are tagged: by a version, or by the word; an exclusion that matches one of them lets them move. */
const RELEASE_TAGS = ["1.2.3", "v1.2.3", "release-1", "release-prod-1"];

/** A tag that is pushed again names another image: what a rollback pulls is then not what ran. */
function judgeRepository({ properties }: Resource): Verdict {
  const mutability = at(rootOf(properties), "imageTagMutability");
  const filters = at(rootOf(properties), "imageTagMutabilityExclusionFilters");
  const value = text(mutability) ?? "MUTABLE";
  if (isUnknown(mutability)) return judged([unjudged(mutability.path)]);
  const violation = (problem: string): Finding => ({
    kind: "violation",
    property: mutability.path,
    problem,
    repair: IMMUTABLE,
    url: PAGE,
    concern: "depth",
  });
  if (value === "MUTABLE") {
    return judged([
      violation("imageTagMutability is MUTABLE, the default: a release's tag can be moved to another image"),
    ]);
  }
  if (value === "IMMUTABLE") return judged([]);
  const patterns = entries(filters).map((entry) => at(entry, "filter"));
  const unknown = [filters, ...patterns].filter(isUnknown);
  if (unknown.length > 0) return judged(unknown.map(({ path }) => unjudged(path)));
  if (value === "MUTABLE_WITH_EXCLUSION") {
    const fixes = (pattern: Node): boolean => RELEASE_TAGS.some((tag) => matches(text(pattern) ?? "", tag));
    return judged(
      patterns.some(fixes)
        ? []
        : [
            violation(
              "imageTagMutability is MUTABLE_WITH_EXCLUSION, and no exclusion is about releases: a release's tag can be moved to another image",
            ),
          ],
    );
  }
  const all = patterns.find((pattern) => matches(text(pattern) ?? "", ANY_TAG));
  if (all !== undefined) {
    return judged([
      violation(`imageTagMutabilityExclusionFilters excludes every tag (${text(all)}): all of them can move`),
    ]);
  }
  return judged(
    patterns
      .map((pattern) => text(pattern) ?? "")
      .filter((pattern) => RELEASE_TAGS.some((tag) => matches(pattern, tag)))
      .map((pattern) => violation(`imageTagMutabilityExclusionFilters excludes ${pattern}: a release's tag can move`)),
  );
}

export const ecrMutability: ResourceRule = {
  types: [REPOSITORY],
  asks: "`imageTagMutability` IMMUTABLE, or with exclusions by which the tags of releases are immutable (`1.2.3`, `v1.2.3`, `release-…`)",
  judge: judgeRepository,
};
