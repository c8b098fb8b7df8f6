import { ecrMutability, IMMUTABLE } from "./ecr-mutability.ts";
import { ecrRetention, LIFECYCLE_REPAIR, RELEASES_KEPT } from "./ecr-retention.ts";
import { ecrSharing } from "./ecr-sharing.ts";
import { platformRetention } from "./platform-retention.ts";
import {
  type Finding,
  judged,
  type Policy,
  type Resource,
  type ResourceRule,
  unjudged,
  type Verdict,
} from "./policy.ts";
import { REQUIRE_IMAGE_RETENTION_EXAMPLES } from "./require-image-retention.examples.ts";
import { at, flag, isUnknown, rootOf } from "./values.ts";

const KEEP_LOCALLY = "keepLocally: true";
const PAGE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html";

function judgeRemoteImage({ properties }: Resource): Verdict {
  const keepLocally = at(rootOf(properties), "keepLocally");
  if (isUnknown(keepLocally)) return judged([unjudged(keepLocally.path)]);
  const violation: Finding = {
    kind: "violation",
    property: keepLocally.path,
    problem: "keepLocally is not true: the image is deleted with the resource, so the daemon has none to go back to",
    repair: KEEP_LOCALLY,
    url: "https://www.pulumi.com/registry/packages/docker/api-docs/remoteimage/",
  };
  return judged(flag(keepLocally) === true ? [] : [violation]);
}

const REMOTE_IMAGE: ResourceRule = {
  types: ["docker:index/remoteImage:RemoteImage"],
  asks: "`keepLocally: true`",
  judge: judgeRemoteImage,
};

/** The images that a rollback needs are kept, and somebody said how many. */
export const requireImageRetention: Policy = {
  name: "require-image-retention",
  displayName: "Images are kept by a rule",
  severity: "high",
  concern: "presence",
  description: "Where images are stored, rules keep those that run and that a rollback needs, and no endless rest.",
  why: "A rollback pulls the image of an earlier release. Without rules images pile up until somebody cleans up by hand; with rules that only count or look at the age, the running release is deleted after enough pushes, and nobody notices before the next host or the next rollback pulls it.",
  remedies: [
    {
      step: "AWS: give each repository a lifecycle policy in which releases have a tag and a rule of their own, before what deletes the rest. A stack's running image keeps a tag that a first rule names (`live-*`) and lets live.",
      code: LIFECYCLE_REPAIR,
    },
    { step: "AWS: a release's tag never moves.", code: IMMUTABLE },
    { step: "Docker: keep pulled images when their resource goes.", code: KEEP_LOCALLY },
    {
      step: "Trading platform: state in the ImageRegistry where the stack's images come from and how many are kept.",
      code: 'new ImageRegistry("images", { repositories: ["ghcr.io/acme/trading"], keep: 10, rollbackDepth: 10 })',
    },
  ],
  url: PAGE,
  counterparts: [
    {
      tool: "Security Hub",
      rules: ["ECR.2 (immutable tags)", "ECR.3 (that there is a lifecycle policy, not what it does)"],
    },
    { tool: "checkov", rules: ["CKV_AWS_51 (immutable tags)"] },
  ],
  parameters: [RELEASES_KEPT],
  resourceRules: [REMOTE_IMAGE, ecrMutability],
  stackRules: [ecrRetention, ecrSharing, platformRetention],
  examples: REQUIRE_IMAGE_RETENTION_EXAMPLES,
};
