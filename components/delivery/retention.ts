/** How many images of each service a registry keeps. */
export interface Retention {
  /** Released images that are kept, of each stack. */
  readonly keep: number;
  /** How many releases back a rollback can go; less than `keep`. */
  readonly rollbackDepth: number;
}

/** Retention of a registry, with the stacks that release from it. */
export interface RegistryRetention extends Retention {
  /** Their names; each counts its own releases. */
  readonly stacks: readonly string[];
}

/** Begins the tag of what a stack deployed, as `release-prod-42`: such a tag is set once and never moves. */
export const releasePrefixOf = (stack: string): string => `release-${stack}-`;
/** Begins the tag of what a stack runs now, as `live-prod`: it moves with each release and rollback. */
export const livePrefix = "live-";
/**
 * Ends the tag of what a stack ran before, as `live-prod-previous`. After a rollback far back and one more release that
 * is none of the last ones, and yet the first that somebody goes back to.
 */
export const previousSuffix = "-previous";

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
export interface LifecycleRule {
  readonly rulePriority: number;
  readonly description: string;
  readonly selection: {
    readonly tagStatus: "tagged" | "untagged" | "any";
    readonly tagPatternList?: readonly string[];
    readonly countType: "imageCountMoreThan" | "sinceImagePushed";
    readonly countUnit?: "days";
    readonly countNumber: number;
  };
  readonly action: { readonly type: "expire" };
}

/** Days for which an image without a tag is kept: what a moved tag left behind, or a push that has not ended. */
export const untaggedDays = 1;

/** Builds that were never released; with them the number of images is bounded. */
const buildsKept = 30;

/** More stacks than anyone has: this rule chooses its images and expires none. */
const never = 9999;

/**
 * Each further stack doubles the rules, and ECR takes 50 of them (its page on service quotas): five stacks make 34.
 */
export const mostStacks = 5;

/** Refuses a retention that could take away what a rollback needs; the message names the settings' keys. */
export function retention({ keep, rollbackDepth }: Retention): Retention {
  if (!Number.isInteger(rollbackDepth) || rollbackDepth < 1) {
    throw new RangeError(`images.rollbackDepth ${rollbackDepth} must be a whole number of at least 1`);
  }
  if (!Number.isInteger(keep) || keep <= rollbackDepth) {
    throw new RangeError(
      `images.keep ${keep} must be a whole number above images.rollbackDepth ${rollbackDepth}: the running release is kept too`,
    );
  }
  return { keep, rollbackDepth };
}

/**
 * What is wrong with stacks that share a registry; undefined for nothing. A pattern cannot tell the releases of `prod`
 * from those of `prod-eu`.
 */
export function stacksProblem(stacks: readonly string[]): string | undefined {
  if (stacks.length < 1 || stacks.length > mostStacks) {
    return `${stacks.length} stacks: a registry serves 1 to ${mostStacks}; give the others a registry of their own`;
  }
  const pairs = stacks.flatMap((one, place) => stacks.toSpliced(place, 1).map((other) => [one, other] as const));
  const mixed = pairs.find(([one, other]) => releasePrefixOf(other).startsWith(releasePrefixOf(one)));
  if (mixed === undefined) return undefined;
  const [one, other] = mixed;
  return `${other} would be counted among the releases of ${one} (${releasePrefixOf(one)}*): give it a registry of its own`;
}

/**
 * The lifecycle policy of one service's repository. An image that one rule has chosen is left alone by all later ones,
 * so the first rule shields what runs, however many images were pushed after it.
 *
 * Each stack's last `keep` releases are kept, whatever the others do. One rule a stack would not do that: the first to
 * choose an image that two stacks released also takes it away, although the other stack may need it. So there is one
 * rule for each set of stacks, the largest first (a rule with several patterns chooses what matches all): an image is
 * chosen by the rule of exactly those that released it, and what is newer there, each of them released too. If it is
 * among the last `keep` of one of them, it is so there.
 * Throws a RangeError where {@link retention} or {@link stacksProblem} has something against it.
 */
export function lifecycleRules({ stacks, ...stated }: RegistryRetention): readonly LifecycleRule[] {
  const { keep } = retention(stated);
  const problem = stacksProblem(stacks);
  if (problem !== undefined) throw new RangeError(`stacks: ${problem}`);
  const rules: readonly Omit<LifecycleRule, "rulePriority" | "action">[] = [
    {
      description: "What a stack runs, or ran before, is never taken away",
      selection: tagged([`${livePrefix}*`], never),
    },
    ...setsOf(stacks).map((set) => ({
      description: `The last ${keep} releases of ${set.join(" and ")} are kept`,
      selection: tagged(
        set.map((stack) => `${releasePrefixOf(stack)}*`),
        keep,
      ),
    })),
    {
      description: "Images without a tag leave",
      selection: {
        tagStatus: "untagged",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: untaggedDays,
      },
    },
    {
      description: `The last ${buildsKept} builds that were never released are kept`,
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: buildsKept },
    },
  ];
  return rules.map((rule, place) => ({ rulePriority: place + 1, ...rule, action: { type: "expire" } }));
}

const tagged = (tagPatternList: readonly string[], countNumber: number): LifecycleRule["selection"] => ({
  tagStatus: "tagged",
  tagPatternList,
  countType: "imageCountMoreThan",
  countNumber,
});

/** Every choice of at least one of some names, the largest first. */
const setsOf = (names: readonly string[]): readonly (readonly string[])[] =>
  choices(names)
    .filter((set) => set.length > 0)
    .toSorted((a, b) => b.length - a.length);

function choices([first, ...others]: readonly string[]): readonly (readonly string[])[] {
  if (first === undefined) return [[]];
  const without = choices(others);
  return [...without.map((set) => [first, ...set]), ...without];
}

/** {@link lifecycleRules} as ECR takes them. */
export const lifecyclePolicy = (stated: RegistryRetention): string => JSON.stringify({ rules: lifecycleRules(stated) });
