import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { lifecyclePolicy, livePrefix, type RegistryRetention } from "./retention.ts";

export interface RepositoriesArgs extends RegistryRetention {
  /** Comes before a service's name, as `trading` in `trading/backend`. */
  readonly namespace: string;
  readonly services: readonly string[];
  /** Other AWS accounts whose stacks pull. */
  readonly pullAccounts: readonly string[];
}

/** Makes ECR repositories as children of `parent`: one a service, with what keeps and what deletes. */
export function makeRepositories(args: RepositoriesArgs, parent: pulumi.Resource): void {
  for (const service of args.services) makeRepository(service, args, parent);
}

function makeRepository(service: string, args: RepositoriesArgs, parent: pulumi.Resource): void {
  const repository = new aws.ecr.Repository(
    service,
    {
      name: `${args.namespace}/${service}`,
      // A release's tag never moves; the one that says what a stack runs does.
      imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
      imageTagMutabilityExclusionFilters: [{ filter: `${livePrefix}*`, filterType: "WILDCARD" }],
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "AES256" }],
      // Every environment pulls from it.
      tags: { project: "trading-platform", component: service, environment: "shared" },
    },
    // What runs in the stacks was pulled from here, and is pulled again by the next new host.
    { parent, protect: true },
  );
  const here = { parent: repository };
  new aws.ecr.LifecyclePolicy(service, { repository: repository.name, policy: lifecyclePolicy(args) }, here);
  if (args.pullAccounts.length === 0) return;
  new aws.ecr.RepositoryPolicy(service, { repository: repository.name, policy: pullPolicy(args.pullAccounts) }, here);
}

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
