import type { Example, ExampleResource } from "./policy.ts";

const REPOSITORY = {
  type: "aws:ecr/repository:Repository",
  name: "backend",
  properties: { name: "trading/backend", imageTagMutability: "IMMUTABLE" },
};

const rule = (rulePriority: number, selection: object): object => ({
  rulePriority,
  selection: { countType: "imageCountMoreThan", ...selection },
  action: { type: "expire" },
});

const RELEASES = { tagStatus: "tagged", tagPatternList: ["release-*"], countNumber: 10 };
const REST = { tagStatus: "any", countNumber: 30 };

const lifecyclePolicy = (...rules: readonly object[]): ExampleResource => ({
  type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  name: "backend",
  properties: { repository: "trading/backend", policy: JSON.stringify({ rules }) },
  madeFrom: { repository: "backend" },
});

const KEEPS_RELEASES = lifecyclePolicy(rule(1, RELEASES), rule(2, REST));

const deployment = (name: string, tag: string): ExampleResource => ({
  type: "kubernetes:apps/v1:Deployment",
  name,
  properties: {
    spec: {
      template: {
        spec: {
          containers: [{ name, image: `111122223333.dkr.ecr.eu-central-1.amazonaws.com/trading/backend:${tag}` }],
        },
      },
    },
  },
});

const PLATFORM = { type: "trading-platform:platform:TradingPlatform", name: "platform", properties: {} };

const registry = (keep: number): ExampleResource => ({
  type: "trading-platform:delivery:ImageRegistry",
  name: "images",
  properties: { repositories: ["ghcr.io/acme/trading"], keep, rollbackDepth: 10 },
});

export const REQUIRE_IMAGE_RETENTION_EXAMPLES: readonly Example[] = [
  {
    title: "ECR: no lifecycle policy",
    bad: [REPOSITORY],
    good: [REPOSITORY, KEEPS_RELEASES],
  },
  {
    title: "ECR: plain counting, which deletes the running image after enough pushes",
    bad: [REPOSITORY, lifecyclePolicy(rule(1, { tagStatus: "any", countNumber: 10 }))],
    good: [REPOSITORY, KEEPS_RELEASES],
  },
  {
    title: "ECR: a rule that an earlier one leaves nothing to do",
    bad: [
      REPOSITORY,
      lifecyclePolicy(
        rule(1, { tagStatus: "tagged", tagPatternList: ["*"], countNumber: 100 }),
        rule(2, RELEASES),
        rule(3, REST),
      ),
    ],
    good: [REPOSITORY, KEEPS_RELEASES],
  },
  {
    title: "ECR: only untagged images are deleted",
    bad: [REPOSITORY, lifecyclePolicy(rule(1, { tagStatus: "untagged", countNumber: 1 }))],
    good: [REPOSITORY, KEEPS_RELEASES],
  },
  {
    title: "ECR: two services share one repository and one count",
    bad: [REPOSITORY, KEEPS_RELEASES, deployment("api", "api-1.4"), deployment("web", "web-2.0")],
    good: [
      REPOSITORY,
      lifecyclePolicy(
        rule(1, { tagStatus: "tagged", tagPatternList: ["api-*"], countNumber: 10 }),
        rule(2, { tagStatus: "tagged", tagPatternList: ["web-*"], countNumber: 10 }),
        rule(3, REST),
      ),
      deployment("api", "api-1.4"),
      deployment("web", "web-2.0"),
    ],
  },
  {
    title: "ECR: tags that can be moved to another image",
    bad: [
      {
        ...REPOSITORY,
        properties: { name: "trading/backend", imageTagMutability: "MUTABLE" },
      },
      KEEPS_RELEASES,
    ],
    good: [
      {
        ...REPOSITORY,
        properties: {
          name: "trading/backend",
          imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
          imageTagMutabilityExclusionFilters: [{ filter: "live-*", filterType: "WILDCARD" }],
        },
      },
      KEEPS_RELEASES,
    ],
  },
  {
    title: "Docker: the image goes with its resource",
    bad: [
      {
        type: "docker:index/remoteImage:RemoteImage",
        name: "redis",
        properties: { name: "redis:7.4.1", keepLocally: false },
      },
    ],
    good: [
      {
        type: "docker:index/remoteImage:RemoteImage",
        name: "redis",
        properties: { name: "redis:7.4.1", keepLocally: true },
      },
    ],
  },
  {
    title: "Trading platform: fewer images kept than releases to go back to",
    bad: [PLATFORM, registry(5)],
    good: [PLATFORM, registry(10)],
  },
];
