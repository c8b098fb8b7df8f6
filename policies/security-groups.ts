import { type Complaint, violationAt, whenKnown } from "./ask.ts";
import {
  type Finding,
  judged,
  notApplicable,
  type Resource,
  type StackFinding,
  type StackResource,
  type StackRule,
  type Verdict,
} from "./policy.ts";
import { isPublicPort, PUBLIC_INGRESS_PAGE } from "./public-ports.ts";
import { at, entries, isUnknown, type Node, number, rootOf, text } from "./values.ts";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const BALANCERS: readonly string[] = [
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:alb/loadBalancer:LoadBalancer",
  "aws:elb/loadBalancer:LoadBalancer",
];

export const SECURITY_GROUP_TYPES = { group: GROUP, rules: [OLD_RULE, RULE] } as const;

const complaint = (problem: string): Complaint => ({
  problem,
  repair: "referencedSecurityGroupId: gateway.id",
  url: PUBLIC_INGRESS_PAGE,
});

export function judgeSecurityGroup({ properties }: Resource): Verdict {
  const list = at(rootOf(properties), "ingress");
  return judged(isUnknown(list) ? whenKnown([list], () => []) : entries(list).flatMap(openFindings));
}

export function judgeIngressRule({ type, properties }: Resource): Verdict {
  const root = rootOf(properties);
  if (type === OLD_RULE && text(at(root, "type")) === "egress") return notApplicable("the rule is about what goes out");
  return judged(openFindings(root));
}

/** Inline rules and rules of their own name the same things differently. */
const sourcesOf = (rule: Node): readonly Node[] => [
  ...["cidrBlocks", "ipv6CidrBlocks"]
    .map((key) => at(rule, key))
    .flatMap((list) => (isUnknown(list) ? [list] : entries(list))),
  at(rule, "cidrIpv4"),
  at(rule, "cidrIpv6"),
];

const isWorld = (source: Node): boolean => /^(0\.0\.0\.0|::)\/0$/.test(text(source) ?? "");

function openFindings(rule: Node): readonly Finding[] {
  const sources = sourcesOf(rule);
  const [from, to] = [at(rule, "fromPort"), at(rule, "toPort")];
  const protocols = ["protocol", "ipProtocol"].map((key) => at(rule, key));
  return whenKnown([...sources, from, to, ...protocols], () => {
    const world = sources.find(isWorld);
    // With protocol -1 the ports mean nothing.
    const isEvery = number(from) === undefined || protocols.some(({ value }) => value === "-1" || value === "all");
    if (world === undefined || (!isEvery && number(from) === number(to) && isPublicPort(number(from)))) return [];
    const ports = isEvery ? "every port" : `ports ${number(from)} to ${number(to) ?? number(from)}`;
    return [violationAt(world, complaint(`${ports} are open to the world: only the gateway's 80 and 443 may be`))];
  });
}

/** Where the stack has a load balancer, that is the gateway: no other group is open to the world. */
export const securityGroupsOfBalancers: StackRule = {
  types: [GROUP, OLD_RULE, RULE, ...BALANCERS],
  asks: "in a stack with a load balancer: no group that is open to the world but the load balancer's",
  leavesAlone: "groups that another stack owns",
  judge: (resources) => {
    const balancers = resources.filter(({ type }) => BALANCERS.includes(type));
    if (balancers.length === 0) return notApplicable("the stack has no load balancer");
    const allowed = new Set(balancers.flatMap(({ madeFrom }) => (madeFrom.securityGroups ?? []).map(({ urn }) => urn)));
    return { kind: "judged", findings: resources.flatMap((resource) => judgeOwner(resource, allowed)) };
  },
};

function judgeOwner(resource: StackResource, allowed: ReadonlySet<string>): readonly StackFinding[] {
  const root = rootOf(resource.properties);
  if (resource.type === OLD_RULE && text(at(root, "type")) === "egress") return [];
  const owners = resource.type === GROUP ? [resource] : (resource.madeFrom.securityGroupId ?? []);
  if (owners.length === 0 || owners.some(({ urn }) => allowed.has(urn))) return [];
  const rules = resource.type === GROUP ? entries(at(root, "ingress")) : [root];
  const world = rules.flatMap(sourcesOf).find(isWorld);
  if (world === undefined) return [];
  const finding = violationAt(world, complaint("the group is open to the world, and no load balancer's"));
  return [{ resource, finding }];
}
