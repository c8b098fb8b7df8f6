import type { Example } from "./policy.ts";

const REPOSITORY = { type: "aws:ecr/repository:Repository", name: "backend", properties: { name: "trading/backend" } };

const RULES = {
  rules: [
    {
      rulePriority: 1,
      selection: {
        tagStatus: "tagged",
        tagPatternList: ["release-*"],
        countType: "imageCountMoreThan",
        countNumber: 10,
      },
      action: { type: "expire" },
    },
  ],
};

const lifecyclePolicy = (document: object): Example["bad"][number] => ({
  type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  name: "backend",
  properties: { repository: "trading/backend", policy: JSON.stringify(document) },
  madeFrom: { repository: "backend" },
});

const PLATFORM = { type: "trading-platform:platform:TradingPlatform", name: "platform", properties: {} };

const registry = (keep: number): Example["bad"][number] => ({
  type: "trading-platform:delivery:ImageRegistry",
  name: "images",
  properties: { repositories: ["ghcr.io/acme/trading"], keep, rollbackDepth: 10 },
});

export const REQUIRE_IMAGE_RETENTION_EXAMPLES: readonly Example[] = [
  {
    title: "ECR: a lifecycle policy without rules",
    bad: [REPOSITORY, lifecyclePolicy({ rules: [] })],
    good: [REPOSITORY, lifecyclePolicy(RULES)],
  },
  {
    title: "ECR: no lifecycle policy",
    bad: [REPOSITORY],
    good: [REPOSITORY, lifecyclePolicy(RULES)],
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
