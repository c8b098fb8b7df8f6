import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { InvalidSpec, type WorkloadSpec } from "../../../workload/index.ts";
import { StartOrder } from "../../start-order.ts";
import { seenByCustomers } from "../alarms.ts";
import { capacityProblems } from "../capacity.ts";
import type { TaskSite } from "../containers.ts";
import { longestStackName } from "../names.ts";
import { isPublic } from "../problems.ts";
import { Alarms } from "./alarms.ts";
import { Balancer } from "./balancer.ts";
import { PrivateBucket } from "./buckets.ts";
import { Cluster } from "./cluster.ts";
import { SecurityGroups } from "./groups.ts";
import { Network } from "./network.ts";
import type { Running } from "./running.ts";
import { configSecrets, heldArn, registryCredentials, secretArn } from "./secrets.ts";
import type { EcsStack } from "./stack.ts";

/** What lies under the workloads. */
export interface Foundation {
  readonly stack: EcsStack;
  readonly site: TaskSite;
  readonly network: Network;
  readonly groups: SecurityGroups;
  readonly cluster: Cluster;
  readonly balancer: Balancer;
  readonly alarms: Alarms;
  /** The alarms that take a release of the workload back; none for what no customer reaches. */
  takenBackBy(spec: WorkloadSpec): readonly pulumi.Resource[];
  /** Id of the Cloud Map namespace. */
  readonly namespaceId: pulumi.Output<string>;
  readonly configBucket: pulumi.Output<string>;
  /** What must be there before a task reads its secrets. */
  readonly secrets: readonly pulumi.Resource[];
  readonly order: StartOrder;
  /** Grows with each workload that is made. */
  readonly running: pulumi.Output<Running>[];
}

/** Lays network, hosts, way in, buckets and names; throws {@link InvalidSpec} where the members do not fit on them. */
export function layFoundation(stack: EcsStack, platform: pulumi.Resource): Foundation {
  const edge = checkedEdge(stack);
  const { names, section, context } = stack;
  const network = new Network(stack, platform);
  const groups = new SecurityGroups(stack, network, edge, platform);
  const cluster = new Cluster(stack, network, groups, platform);
  const balancer = new Balancer(stack, network, groups, edge, platform);
  const alarms = new Alarms(stack, platform);
  alarms.deployments(names.cluster);
  alarms.balancer(balancer.arnSuffix, balancer);
  const takeBack = alarms.release(balancer.arnSuffix, balancer.targetGroupArnSuffix);
  const namespace = new aws.servicediscovery.PrivateDnsNamespace(
    "names",
    { name: names.namespace, vpc: network.vpcId, tags: stack.tags("names") },
    stack.under(platform),
  );
  const config = new PrivateBucket(
    "config",
    { stack, bucket: names.configBucket, component: "configuration" },
    platform,
  );
  new PrivateBucket(
    "logs",
    { stack, bucket: names.logBucket, component: "logs", expireDays: section.retentionDays.logChunks },
    platform,
  );
  new aws.cloudwatch.LogGroup(
    "preparation",
    { name: names.preparationLogGroup, retentionInDays: 30, tags: stack.tags("preparation") },
    stack.under(platform),
  );
  return {
    stack,
    network,
    groups,
    cluster,
    balancer,
    alarms,
    takenBackBy: (spec) => (seenByCustomers(spec, edge) ? takeBack : []),
    namespaceId: namespace.id,
    configBucket: config.bucket,
    secrets: configSecrets(stack, platform),
    order: new StartOrder(),
    running: [],
    site: {
      names,
      region: section.region,
      labels: { project: "trading-platform", stack: context.stack, environment: context.environment },
      probeImage: context.probeImage,
      thirdParty: context.thirdParty,
      secretArn: (name) => secretArn(stack, name),
      heldArn,
      registryCredentials: registryCredentials(stack),
    },
  };
}

/** The one workload that customers reach, after all that can be wrong with the stack as a whole has been looked at. */
function checkedEdge({ context, section }: EcsStack): WorkloadSpec {
  const { stack, members } = context;
  const edges = members.filter((member) => member.kind === "workload").filter(isPublic);
  const [edge] = edges;
  const found = [
    ...(stack.length <= longestStackName && /^[a-z][a-z0-9-]*$/.test(stack)
      ? []
      : [
          `stack "${stack}": on ecs a name is at most ${longestStackName} lower-case letters, digits and dashes, for it is part of bucket names`,
        ]),
    ...(edges.length === 1
      ? []
      : [
          `ecs: ${edges.length} workloads have public ports (${edges.map(({ name }) => name).join(", ") || "none"}); the load balancer sends customers to exactly one`,
        ]),
    ...capacityProblems(members, section),
  ];
  if (edge === undefined || found.length > 0) throw new InvalidSpec(found.join("\n"));
  return edge;
}
