/** How many images of each service a registry keeps. */
export interface Retention {
  /** Released images that are kept. */
  readonly keep: number;
  /** How many releases back a rollback can go; less than `keep`. */
  readonly rollbackDepth: number;
}

/** Begins the tag of what was deployed: such a tag is set once and never moves. */
export const releasePrefix = "release-";
/** Begins the tag of what a stack runs now, as `live-prod`: it moves with each release and rollback. */
export const livePrefix = "live-";

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

/** Days for which an image without a tag is kept: what a moved tag left behind. */
const untaggedDays = 1;

/** Builds that were never released; with them the number of images is bounded. */
const buildsKept = 30;

/** More stacks than anyone has: this rule chooses its images and expires none. */
const never = 9999;

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
 * The lifecycle policy of one service's repository. An image that one rule has chosen is left alone by all later ones,
 * so the first rule shields what runs, however many images were pushed after it. Releases of all stacks are counted
 * together, by the age of the image: a stack goes back as far as the last `keep` releases of anybody reach.
 */
export function lifecycleRules(stated: Retention): readonly LifecycleRule[] {
  const { keep } = retention(stated);
  const expire = { type: "expire" } as const;
  return [
    {
      rulePriority: 1,
      description: "What a stack runs is never taken away",
      selection: {
        tagStatus: "tagged",
        tagPatternList: [`${livePrefix}*`],
        countType: "imageCountMoreThan",
        countNumber: never,
      },
      action: expire,
    },
    {
      rulePriority: 2,
      description: `The last ${keep} releases are kept`,
      selection: {
        tagStatus: "tagged",
        tagPatternList: [`${releasePrefix}*`],
        countType: "imageCountMoreThan",
        countNumber: keep,
      },
      action: expire,
    },
    {
      rulePriority: 3,
      description: "Images without a tag leave",
      selection: {
        tagStatus: "untagged",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: untaggedDays,
      },
      action: expire,
    },
    {
      rulePriority: 4,
      description: `The last ${buildsKept} builds that were never released are kept`,
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: buildsKept },
      action: expire,
    },
  ];
}

/** {@link lifecycleRules} as ECR takes them. */
export const lifecyclePolicy = (stated: Retention): string => JSON.stringify({ rules: lifecycleRules(stated) });
