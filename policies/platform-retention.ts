import { comesFrom, IMAGE_TYPES, imagesOf } from "./images.ts";
import {
  notApplicable,
  type Resource,
  type StackFinding,
  type StackResource,
  type StackRule,
  unjudged,
} from "./policy.ts";
import { at, entries, isUnknown, number, rootOf, text } from "./values.ts";

const PLATFORM = "trading-platform:platform:TradingPlatform";
const REGISTRY = "trading-platform:delivery:ImageRegistry";
const PAGE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html";

const REGISTRY_REPAIR =
  'new ImageRegistry("images", { repositories: ["ghcr.io/acme/trading"], keep: 10, rollbackDepth: 10 }, { parent: this })';

/**
 * A stack with a TradingPlatform says which repositories its images come from and how many of them are kept.
 * Kubernetes and Docker Hub have no resource for that, so our component states it.
 */
export const platformRetention: StackRule = {
  types: [PLATFORM, REGISTRY, ...IMAGE_TYPES],
  asks: "for a stack with a TradingPlatform: an ImageRegistry whose `keep` is at least its `rollbackDepth`, and no image from outside its `repositories`",
  leavesAlone: "stacks without a TradingPlatform",
  judge: (resources) => {
    const platform = resources.find(({ type }) => type === PLATFORM);
    if (platform === undefined)
      return notApplicable(
        "the stack has no TradingPlatform, and no other resource says how many of its images are kept",
      );
    const registries = resources.filter(({ type }) => type === REGISTRY);
    if (registries.length === 0) {
      return {
        kind: "judged",
        findings: [
          violation(
            platform,
            "ImageRegistry",
            "the stack has no ImageRegistry: nothing says that the images it would go back to are kept",
            REGISTRY_REPAIR,
          ),
        ],
      };
    }
    return { kind: "judged", findings: [...registries.flatMap(judgeKeep), ...judgeImages(registries, resources)] };
  },
};

function judgeKeep(registry: StackResource): readonly StackFinding[] {
  const root = rootOf(registry.properties);
  const guarded = [at(root, "keep"), at(root, "rollbackDepth")];
  const unknown = guarded.filter(isUnknown);
  if (unknown.length > 0) return unknown.map(({ path }) => ({ resource: registry, finding: unjudged(path) }));
  const [keep, depth] = guarded.map(number);
  if (keep === undefined || keep < 1)
    return [violation(registry, "keep", "keep does not say how many images are kept", "keep: 10")];
  if (depth === undefined || depth < 1) {
    return [
      violation(
        registry,
        "rollbackDepth",
        "rollbackDepth does not say how many releases can be gone back to",
        "rollbackDepth: 10",
      ),
    ];
  }
  return keep >= depth
    ? []
    : [
        violation(
          registry,
          "keep",
          `keep (${keep}) is less than rollbackDepth (${depth}): the image to go back to may be gone`,
          `keep: ${depth}`,
        ),
      ];
}

function judgeImages(
  registries: readonly StackResource[],
  resources: readonly StackResource[],
): readonly StackFinding[] {
  const stated = registries.map((registry) => ({ registry, node: at(rootOf(registry.properties), "repositories") }));
  const unknown = stated.filter(({ node }) => isUnknown(node) || entries(node).some(isUnknown));
  if (unknown.length > 0) {
    return unknown.map(({ registry, node }) => ({ resource: registry, finding: unjudged(node.path) }));
  }
  const silent = stated.filter(({ node }) => entries(node).every((entry) => (text(entry) ?? "") === ""));
  if (silent.length > 0) {
    return silent.map(({ registry }) =>
      violation(
        registry,
        "repositories",
        "repositories does not say where the stack's images come from",
        'repositories: ["ghcr.io/acme/trading"]',
      ),
    );
  }
  const repositories = stated.flatMap(({ node }) => entries(node).flatMap((entry) => text(entry) || []));
  return resources.flatMap((resource) =>
    imagesOf(resource).flatMap((image) => judgeImage(resource, image, repositories)),
  );
}

function judgeImage(
  resource: StackResource,
  image: ReturnType<typeof imagesOf>[number],
  repositories: readonly string[],
): readonly StackFinding[] {
  if (isUnknown(image)) return [{ resource, finding: unjudged(image.path) }];
  const name = text(image);
  if (name === undefined || comesFrom(name, repositories)) return [];
  // The tag is left out: it is no part of where an image comes from.
  const repository = name.replace(/[@:][^/]*$/, "");
  const problem = `image ${repository} is from none of the ${repositories.length} repositories that the ImageRegistry states`;
  return [violation(resource, image.path, problem, `repositories: [..., ${JSON.stringify(repository)}]`)];
}

const violation = (resource: Resource, property: string, problem: string, repair: string): StackFinding => ({
  resource,
  finding: { kind: "violation", property, problem, repair, url: PAGE },
});
