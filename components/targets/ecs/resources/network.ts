import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { subnetPlan } from "../subnets.ts";
import type { EcsStack } from "./stack.ts";

/**
 * The stack's VPC: a public, a private and a data subnet in each zone. Private ones reach the internet through NAT (one
 * a zone in production, else one for all); data subnets have no route out; S3 is reached without NAT.
 */
export class Network extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:ecs:Network";
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: readonly pulumi.Output<string>[];
  /** In the order of the section's zones, as all the others. */
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  readonly dataSubnetIds: readonly pulumi.Output<string>[];
  /** Addresses of S3 in the region, for security groups. */
  readonly s3PrefixListId: pulumi.Output<string>;

  constructor(stack: EcsStack, parent: pulumi.Resource) {
    super(Network.__pulumiType, "network", {}, { parent });
    const { section, production } = stack;
    const tags = (name: string) => ({ ...stack.tags("network"), Name: `${stack.names.prefix}-${name}` });
    const here = stack.under(this);
    const vpc = new aws.ec2.Vpc(
      "vpc",
      { cidrBlock: section.network.cidr, enableDnsHostnames: true, enableDnsSupport: true, tags: tags("vpc") },
      here,
    );
    const vpcId = vpc.id;
    // Whatever names no group gets the VPC's default one: it allows nothing.
    new aws.ec2.DefaultSecurityGroup("default", { vpcId, ingress: [], egress: [], tags: tags("closed") }, here);
    const gateway = new aws.ec2.InternetGateway("internet", { vpcId, tags: tags("internet") }, here);
    const routeTable = (name: string) => new aws.ec2.RouteTable(name, { vpcId, tags: tags(name) }, here);
    const subnet = (kind: string, zone: string, cidrBlock: string, table: aws.ec2.RouteTable) => {
      const name = `${kind}-${zone}`;
      const made = new aws.ec2.Subnet(name, { vpcId, availabilityZone: zone, cidrBlock, tags: tags(name) }, here);
      new aws.ec2.RouteTableAssociation(name, { subnetId: made.id, routeTableId: table.id }, here);
      return made.id;
    };

    const toInternet = { destinationCidrBlock: "0.0.0.0/0" };
    const publicTable = routeTable("public");
    new aws.ec2.Route("public", { ...toInternet, routeTableId: publicTable.id, gatewayId: gateway.id }, here);
    const dataTable = routeTable("data");
    const nats: aws.ec2.NatGateway[] = [];
    const zones = subnetPlan(section.region, section.network).map((plan) => {
      const publicId = subnet("public", plan.zone, plan.public, publicTable);
      if (production || nats.length === 0) nats.push(this.nat(stack, plan.zone, publicId, gateway));
      const privateTable = routeTable(`private-${plan.zone}`);
      const natGatewayId = nats.at(-1)?.id;
      new aws.ec2.Route(
        `private-${plan.zone}`,
        { ...toInternet, routeTableId: privateTable.id, ...(natGatewayId === undefined ? {} : { natGatewayId }) },
        here,
      );
      return {
        publicId,
        privateTable,
        privateId: subnet("private", plan.zone, plan.private, privateTable),
        dataId: subnet("data", plan.zone, plan.data, dataTable),
      };
    });
    const s3 = new aws.ec2.VpcEndpoint(
      "s3",
      {
        vpcId,
        serviceName: `com.amazonaws.${section.region}.s3`,
        vpcEndpointType: "Gateway",
        routeTableIds: zones.map(({ privateTable }) => privateTable.id),
        tags: tags("s3"),
      },
      here,
    );

    this.vpcId = vpcId;
    this.publicSubnetIds = zones.map(({ publicId }) => publicId);
    this.privateSubnetIds = zones.map(({ privateId }) => privateId);
    this.dataSubnetIds = zones.map(({ dataId }) => dataId);
    this.s3PrefixListId = s3.prefixListId;
    this.registerOutputs({ vpcId });
  }

  private nat(
    stack: EcsStack,
    zone: string,
    subnetId: pulumi.Input<string>,
    gateway: aws.ec2.InternetGateway,
  ): aws.ec2.NatGateway {
    const tags = { ...stack.tags("network"), Name: `${stack.names.prefix}-nat-${zone}` };
    const here = stack.under(this, { dependsOn: gateway });
    const address = new aws.ec2.Eip(`nat-${zone}`, { domain: "vpc", tags }, here);
    return new aws.ec2.NatGateway(`nat-${zone}`, { subnetId, allocationId: address.id, tags }, here);
  }
}
