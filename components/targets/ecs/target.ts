import { defineTarget } from "../target.ts";
import { preparationImage } from "./containers.ts";
import { differences } from "./differences.ts";
import { managedTls } from "./managed-tls.ts";
import { logBucketOf, namespaceOf } from "./names.ts";
import { owned } from "./owned.ts";
import { problems } from "./problems.ts";
import { ecsSection } from "./section.ts";
import { subnetPlan } from "./subnets.ts";
import { hostTunnel } from "./tunnel.ts";

/** AWS ECS on EC2 capacity: Fargate hosts show nothing to Promtail and node-exporter. */
export const ecs = defineTarget({
  name: "ecs",
  schema: ecsSection,
  differences,
  managed: ["postgres", "redis"],
  discovery: "cloud-map",
  address: (member, stack) => `${member}.${namespaceOf(stack)}`,
  balancers: ({ region, network }) => subnetPlan(region, network).map((zone) => zone.public),
  tunnel: (ends, section) => hostTunnel(ends, section),
  problems,
  owned,
  ownImages: [preparationImage],
  // As every type of {@link ecsSection}.
  machine: "linux/amd64",
  logStore: (stack, { accountId, region, retentionDays }) => ({
    kind: "s3",
    bucket: logBucketOf(stack, accountId),
    region,
    keptDays: retentionDays.logChunks,
  }),
  managedTls: ({ region, databaseAuthority }) => managedTls(region, databaseAuthority),
  secretKinds: ["config", "secretsManager", "vault"],
  secretSource: (name, stack, { accountId, region }) => ({
    kind: "secretsManager",
    arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:trading/${stack}/${name}`,
  }),
  load: async (section) => {
    const { startEcs } = await import("./component.ts");
    return (context, platform) => startEcs(section, context, platform);
  },
});
