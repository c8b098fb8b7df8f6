import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lifecyclePolicy, livePrefix, type Retention, retention } from "./retention.ts";

/** The registry is ours: repositories are made, one a service, with what keeps and what deletes. */
export interface OwnedRegistry extends Retention {
  readonly kind: "owned";
  readonly accountId: string;
  readonly region: string;
  /** Comes before a service's name, as `trading` in `trading/backend`. */
  readonly namespace: string;
  readonly services: readonly string[];
  /** Other AWS accounts whose stacks pull. */
  readonly pullAccounts: readonly string[];
}

/** The registry is somebody else's (another stack, another maker): it is stated where images come from. */
export interface StatedRegistry extends Retention {
  readonly kind: "stated";
  /** Repository prefixes, as `ghcr.io/example/trading`. */
  readonly repositories: readonly string[];
}

export type ImageRegistryArgs = OwnedRegistry | StatedRegistry;

/**
 * Where a stack's images come from and how many of each service are kept. A policy reads the registered outputs:
 * `repositories` (prefixes), `keep` and `rollbackDepth`. Throws a RangeError where less is kept than a rollback needs.
 */
export class ImageRegistry extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:delivery:ImageRegistry";
  readonly repositories: readonly string[];
  readonly keep: number;
  readonly rollbackDepth: number;

  constructor(name: string, args: ImageRegistryArgs, options?: pulumi.ComponentResourceOptions) {
    const { keep, rollbackDepth } = retention(args);
    const repositories = args.kind === "owned" ? [registryOf(args)] : [...args.repositories];
    const stated = { repositories, keep, rollbackDepth };
    super(ImageRegistry.__pulumiType, name, stated, options);
    this.repositories = repositories;
    this.keep = keep;
    this.rollbackDepth = rollbackDepth;
    if (args.kind === "owned") for (const service of args.services) this.#repository(service, args);
    this.registerOutputs(stated);
  }

  #repository(service: string, args: OwnedRegistry): void {
    const repository = new aws.ecr.Repository(
      service,
      {
        name: `${args.namespace}/${service}`,
        // A release's tag never moves; the one that says what a stack runs does.
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: [{ filter: `${livePrefix}*`, filterType: "WILDCARD" }],
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        tags: { project: "trading-platform", component: service },
      },
      // What runs in the stacks was pulled from here, and is pulled again by the next new host.
      { parent: this, protect: true },
    );
    const here = { parent: repository };
    new aws.ecr.LifecyclePolicy(service, { repository: repository.name, policy: lifecyclePolicy(args) }, here);
    if (args.pullAccounts.length === 0) return;
    new aws.ecr.RepositoryPolicy(service, { repository: repository.name, policy: pullPolicy(args.pullAccounts) }, here);
  }
}

const registryOf = ({ accountId, region, namespace }: OwnedRegistry): string =>
  `${accountId}.dkr.ecr.${region}.amazonaws.com/${namespace}`;

/** Lets other accounts pull, and nothing else. */
const pullPolicy = (accounts: readonly string[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Pull",
        Effect: "Allow",
        Principal: { AWS: accounts.map((account) => `arn:aws:iam::${account}:root`) },
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      },
    ],
  });
