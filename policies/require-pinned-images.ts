import { moving } from "./image-tag.ts";
import { IMAGE_TYPES, imagesOf } from "./images.ts";
import { notApplicable, type Policy, type StackFinding, type StackResource, unjudged } from "./policy.ts";
import { REQUIRE_PINNED_IMAGES_EXAMPLES } from "./require-pinned-images.examples.ts";
import { isUnknown, text } from "./values.ts";

const PAGE = "https://kubernetes.io/docs/concepts/containers/images/#image-names";
const REPAIR = 'image: "docker.io/library/nginx:1.29.1"';

function judgeImages(resource: StackResource): readonly StackFinding[] {
  return imagesOf(resource).flatMap((image): readonly StackFinding[] => {
    if (isUnknown(image)) return [{ resource, finding: unjudged(image.path) }];
    const name = text(image);
    const problem = name === undefined || name === "" ? undefined : moving(name);
    if (problem === undefined) return [];
    const repository = name?.replace(/[@:][^/]*$/, "");
    return [
      {
        resource,
        finding: {
          kind: "violation",
          property: image.path,
          problem: `image ${repository} ${problem}: going back to it gives another image`,
          repair: REPAIR,
          url: PAGE,
        },
      },
    ];
  });
}

/** An image is named by a version or a digest, so that a rollback gets what ran before. */
export const requirePinnedImages: Policy = {
  name: "require-pinned-images",
  displayName: "Images are named by version or digest",
  severity: "high",
  concern: "depth",
  description: "Every image is named by a version's tag or by a digest, never by a tag that moves.",
  why: "A rollback deploys the earlier definition again. If that says `latest`, it gets the image that has just failed; and two hosts that pulled at different times run different code.",
  remedies: [
    { step: "Name the version, or better the digest, which nobody can move.", code: REPAIR },
    {
      step: "AWS: make the repository refuse to move a tag.",
      code: 'new aws.ecr.Repository("api", { imageTagMutability: "IMMUTABLE" })',
    },
  ],
  url: PAGE,
  counterparts: [
    { tool: "kube-linter", rules: ["latest-tag"] },
    { tool: "kube-score", rules: ["container-image-tag"] },
    { tool: "Polaris", rules: ["tagNotSpecified"] },
    { tool: "checkov", rules: ["CKV_K8S_14", "CKV_K8S_43 (digests only)", "CKV_AWS_51"] },
    { tool: "Security Hub", rules: ["ECR.2"] },
  ],
  parameters: [],
  resourceRules: [],
  stackRules: [
    {
      types: IMAGE_TYPES,
      asks: "images whose tag has a version's digits, or a digest",
      leavesAlone:
        "what the daemon already has (`sha256:…`) and what a RemoteImage of the stack pulls, which is judged itself",
      judge: (resources) =>
        resources.length === 0
          ? notApplicable("the stack has no resource that names an image")
          : { kind: "judged", findings: resources.flatMap(judgeImages) },
    },
  ],
  examples: REQUIRE_PINNED_IMAGES_EXAMPLES,
};
