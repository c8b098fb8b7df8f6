import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { portNamed, vaultPort, type WorkloadSpec } from "../../../workload/index.ts";
import { needsPreparation } from "../files.ts";
import { balancerGroup, groupOf, groupsOf, hostGroup, waysOf } from "../security.ts";
import type { Network } from "./network.ts";
import type { EcsStack } from "./stack.ts";

type Peer =
  | { referencedSecurityGroupId: pulumi.Input<string> }
  | { cidrIpv4: string }
  | { prefixListId: pulumi.Input<string> };

const anywhere = { cidrIpv4: "0.0.0.0/0" };

/**
 * A security group for every member, closed but for what `connectsTo` and `internet` say, and one for the load balancer.
 * The name servers and time servers of a VPC are not behind security groups.
 */
export class SecurityGroups extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:ecs:SecurityGroups";
  readonly balancer: pulumi.Output<string>;
  readonly hosts: pulumi.Output<string>;
  readonly #stack: EcsStack;
  readonly #groups: ReadonlyMap<string, pulumi.Output<string>>;

  /** `edge`: the workload to which the load balancer sends customers. */
  constructor(stack: EcsStack, network: Network, edge: WorkloadSpec, parent: pulumi.Resource) {
    super(SecurityGroups.__pulumiType, "security-groups", {}, { parent });
    this.#stack = stack;
    const { members } = stack.context;
    const group = (name: string, description: string) =>
      new aws.ec2.SecurityGroup(
        name,
        {
          vpcId: network.vpcId,
          description,
          tags: { ...stack.tags(name), Name: `${stack.names.prefix}-${name}` },
        },
        stack.under(this),
      ).id;
    this.#groups = new Map(groupsOf(members).map((name) => [name, group(name, `Network interfaces of ${name}`)]));
    this.balancer = group(balancerGroup, "The load balancer that customers reach");
    this.hosts = this.of(hostGroup);

    for (const way of waysOf(members)) this.#way(way.from, this.of(way.from), way.to, this.of(way.to), way.port);
    for (const member of members) {
      if (member.kind === "managed" || groupOf(member) === hostGroup) continue;
      if (member.internet) this.#egress(`${member.name}-internet`, this.of(member.name), anywhere);
      if (member.agent !== undefined && !member.internet) {
        const { vault } = member.agent;
        const peer = vault.cidr === undefined ? anywhere : { cidrIpv4: vault.cidr };
        this.#egress(`${member.name}-vault`, this.of(member.name), peer, vaultPort(vault));
      }
      if (needsPreparation(member)) {
        this.#egress(`${member.name}-s3`, this.of(member.name), { prefixListId: network.s3PrefixListId }, 443);
      }
    }
    // The agent, image pulls and updates of the system; and what shares the hosts' network interface.
    const asked = members.some(
      (member) => member.kind === "workload" && groupOf(member) === hostGroup && member.internet,
    );
    this.#egress("hosts-internet", this.hosts, anywhere, asked ? undefined : 443);
    for (const port of [80, 443]) this.#ingress(`customers-balancer-${port}`, this.balancer, anywhere, port);
    this.#way(balancerGroup, this.balancer, edge.name, this.of(edge.name), edgePort(edge));
    this.registerOutputs({});
  }

  /** The group of a member's network interface. */
  of(name: string): pulumi.Output<string> {
    const found = this.#groups.get(name);
    if (found === undefined) throw new RangeError(`there is no security group for ${name}`);
    return found;
  }

  ofMember(spec: WorkloadSpec): pulumi.Output<string> {
    return this.of(groupOf(spec));
  }

  #way(from: string, fromId: pulumi.Input<string>, to: string, toId: pulumi.Input<string>, port: number): void {
    this.#egress(`${from}-${to}-${port}`, fromId, { referencedSecurityGroupId: toId }, port);
    this.#ingress(`${from}-${to}-${port}`, toId, { referencedSecurityGroupId: fromId }, port);
  }

  #ingress(name: string, securityGroupId: pulumi.Input<string>, peer: Peer, port: number): void {
    const tags = this.#stack.tags("network");
    const rule = { securityGroupId, ...peer, ipProtocol: "tcp", fromPort: port, toPort: port, tags };
    new aws.vpc.SecurityGroupIngressRule(name, rule, this.#stack.under(this));
  }

  /** All TCP ports where none is named: mail relays and webhooks choose theirs. */
  #egress(name: string, securityGroupId: pulumi.Input<string>, peer: Peer, port?: number): void {
    const tags = this.#stack.tags("network");
    const ports = { fromPort: port ?? 0, toPort: port ?? 65_535 };
    const rule = { securityGroupId, ...peer, ipProtocol: "tcp", ...ports, tags };
    new aws.vpc.SecurityGroupEgressRule(name, rule, this.#stack.under(this));
  }
}

/** The port to which the load balancer sends customers: the one that readiness asks. */
export function edgePort(edge: WorkloadSpec): number {
  const { check } = edge.probes.readiness;
  if (check.kind !== "http") throw new RangeError(`${edge.name}: readiness does not ask by http`);
  return portNamed(edge, check.port).number;
}
