import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isPersistent } from "../../../workload/index.ts";
import { hostScript, monitoringHostScript } from "../host-script.ts";
import { attachStatements, hostStatements, policyDocument, trustPolicy } from "../permissions.ts";
import { subnetPlan } from "../subnets.ts";
import type { SecurityGroups } from "./groups.ts";
import type { Network } from "./network.ts";
import type { EcsStack } from "./stack.ts";

interface HostsArgs {
  /** Name of the capacity provider. */
  readonly capacity: string;
  readonly component: "hosts" | "monitoring-host";
  readonly instanceType: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** First-boot script. */
  readonly script: pulumi.Input<string>;
  readonly statements: pulumi.Input<string>;
}

/**
 * The ECS cluster and its EC2 hosts: a group over all zones, and one monitoring host in one zone with the data volume
 * that its successor takes over.
 */
export class Cluster extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:ecs:Cluster";
  readonly arn: pulumi.Output<string>;
  /** Services may name capacity only when it belongs to the cluster. */
  readonly capacity: aws.ecs.ClusterCapacityProviders;
  readonly #stack: EcsStack;
  readonly #groups: SecurityGroups;
  readonly #network: Network;

  constructor(stack: EcsStack, network: Network, groups: SecurityGroups, parent: pulumi.Resource) {
    super(Cluster.__pulumiType, "cluster", {}, { parent });
    this.#stack = stack;
    this.#groups = groups;
    this.#network = network;
    const { names, section, context } = stack;
    const trunking = new aws.ecs.AccountSettingDefault(
      "awsvpc-trunking",
      { name: "awsvpcTrunking", value: "enabled" },
      // The account's other clusters may count on it.
      stack.under(this, { retainOnDelete: true }),
    );
    const cluster = new aws.ecs.Cluster(
      "cluster",
      {
        name: names.cluster,
        settings: [{ name: "containerInsights", value: "enabled" }],
        tags: stack.tags("cluster"),
      },
      stack.under(this),
    );
    const statements = cluster.arn.apply((arn) => policyDocument(hostStatements(arn)));
    const hosts = this.#hosts(
      {
        capacity: names.hosts,
        component: "hosts",
        ...section.hosts,
        subnetIds: network.privateSubnetIds,
        script: hostScript(names.cluster),
        statements,
      },
      trunking,
    );
    const volume = this.#dataVolume();
    const monitoringHost = this.#hosts(
      {
        capacity: names.monitoringHost,
        component: "monitoring-host",
        ...section.monitoringHost,
        minimum: 1,
        maximum: 1,
        // The zone of the data volume.
        subnetIds: network.privateSubnetIds.slice(0, 1),
        script: pulumi
          .all([volume.id, volume.size])
          .apply(([id, sizeGiB]) => monitoringHostScript(names.cluster, { id, sizeGiB })),
        statements: pulumi
          .all([cluster.arn, volume.arn])
          .apply(([clusterArn, volumeArn]) =>
            policyDocument([...hostStatements(clusterArn), ...attachStatements(volumeArn, context.stack, section)]),
          ),
      },
      trunking,
    );
    this.capacity = new aws.ecs.ClusterCapacityProviders(
      "capacity",
      { clusterName: cluster.name, capacityProviders: [hosts.name, monitoringHost.name] },
      stack.under(this),
    );
    this.arn = cluster.arn;
    this.registerOutputs({ arn: cluster.arn });
  }

  /** The disk of everything that owns a volume: a tenth more than all of them ask for. In production it outlives the stack. */
  #dataVolume(): aws.ebs.Volume {
    const { section, context, production, tags, under, names } = this.#stack;
    const asked = context.members
      .flatMap((member) => (member.kind === "workload" ? member.volumes.filter(isPersistent) : []))
      .reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
    return new aws.ebs.Volume(
      "data",
      {
        availabilityZone: subnetPlan(section.region, section.network)[0]?.zone ?? "",
        size: Math.max(1, Math.ceil(asked * 1.1)),
        type: "gp3",
        encrypted: true,
        finalSnapshot: production,
        tags: { ...tags("monitoring-host"), Name: `${names.prefix}-data` },
      },
      under(this, { retainOnDelete: production }),
    );
  }

  #hosts(args: HostsArgs, after: pulumi.Resource): aws.ecs.CapacityProvider {
    const { component, minimum, maximum } = args;
    const tags = this.#stack.tags(component);
    const here = this.#stack.under(this);
    const template = this.#template(args);
    const group = new aws.autoscaling.Group(
      component,
      {
        minSize: minimum,
        maxSize: maximum,
        vpcZoneIdentifiers: [...args.subnetIds],
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        healthCheckType: "EC2",
        // ECS lets go of a host when its tasks have left.
        protectFromScaleIn: true,
        // Else a destroy would wait for hosts that are protected for ever.
        forceDelete: true,
        // A new template reaches the hosts one after the other; the one monitoring host stops before its successor starts.
        instanceRefresh: {
          strategy: "Rolling",
          preferences: {
            minHealthyPercentage: maximum === 1 ? 0 : 100,
            scaleInProtectedInstances: "Refresh",
          },
        },
        tags: Object.entries({
          ...tags,
          Name: `${this.#stack.names.prefix}-${component}`,
          AmazonECSManaged: "true",
        }).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      },
      // Only hosts that start after the account setting get many interfaces; and at their first boot they join and install over a
      // way out that is there minutes after the subnets. Managed scaling owns the wanted number.
      this.#stack.under(this, { dependsOn: [after, this.#network], ignoreChanges: ["desiredCapacity"] }),
    );
    return new aws.ecs.CapacityProvider(
      component,
      {
        name: args.capacity,
        autoScalingGroupProvider: {
          autoScalingGroupArn: group.arn,
          managedScaling: { status: "ENABLED", targetCapacity: 100 },
          managedTerminationProtection: "ENABLED",
          managedDraining: "ENABLED",
        },
        tags,
      },
      here,
    );
  }

  #template(args: HostsArgs): aws.ec2.LaunchTemplate {
    const { component } = args;
    const { section, names, roles, tags } = this.#stack;
    const here = this.#stack.under(this);
    const role = new aws.iam.Role(
      component,
      { ...roles, assumeRolePolicy: trustPolicy("ec2.amazonaws.com"), tags: tags(component) },
      here,
    );
    new aws.iam.RolePolicy(component, { role: role.name, policy: args.statements }, here);
    const { path } = roles;
    const profile = new aws.iam.InstanceProfile(component, { path, role: role.name, tags: tags(component) }, here);
    const launched = { ...tags(component), Name: `${names.prefix}-${component}` };
    return new aws.ec2.LaunchTemplate(
      component,
      {
        // Looked up by EC2 at each launch: a new host starts from the newest image.
        imageId: `resolve:ssm:${section.imageParameter}`,
        instanceType: args.instanceType,
        iamInstanceProfile: { arn: profile.arn },
        vpcSecurityGroupIds: [this.#groups.hosts],
        userData: pulumi.output(args.script).apply((script) => Buffer.from(script).toString("base64")),
        // One hop: containers behind a bridge cannot ask for the host's credentials.
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: { volumeSize: 50, volumeType: "gp3", encrypted: "true", deleteOnTermination: "true" },
          },
        ],
        monitoring: { enabled: true },
        tagSpecifications: [
          { resourceType: "instance", tags: launched },
          { resourceType: "volume", tags: launched },
        ],
        updateDefaultVersion: true,
        tags: tags(component),
      },
      here,
    );
  }
}
