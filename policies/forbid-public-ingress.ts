import { ask, type Complaint, violationAt, whenKnown } from "./ask.ts";
import { FORBID_PUBLIC_INGRESS_EXAMPLES } from "./forbid-public-ingress.examples.ts";
import { type Finding, judged, type Policy, type Resource, type ResourceRule, type Verdict } from "./policy.ts";
import { isPublicPort, PUBLIC_INGRESS_PAGE } from "./public-ports.ts";
import {
  judgeIngressRule,
  judgeSecurityGroup,
  SECURITY_GROUP_TYPES,
  securityGroupsOfBalancers,
} from "./security-groups.ts";
import { at, entries, flag, isUnknown, type Node, number, object, rootOf, text } from "./values.ts";

const SERVICE_PAGE =
  "https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types";
const DOCKER_PAGE = "https://docs.docker.com/engine/network/port-publishing/";

/** Annotations by which clouds are told to keep a load balancer inside. */
const isInternal = ([key, value]: readonly [string, unknown]): boolean =>
  /internal|load-balancer-scheme|load-balancer-type/i.test(key) &&
  /^(true|internal|0\.0\.0\.0\/0)$/i.test(String(value));

function judgeService({ properties }: Resource): Verdict {
  const spec = at(rootOf(properties), "spec");
  const [type, ports, ranges, external] = ["type", "ports", "loadBalancerSourceRanges", "externalIPs"].map((key) =>
    at(spec, key),
  );
  const annotations = at(rootOf(properties), "metadata", "annotations");
  if (type === undefined || ports === undefined || ranges === undefined || external === undefined) return judged([]);
  const complain = (problem: string): Complaint => ({
    problem,
    repair: 'type: "ClusterIP"',
    url: SERVICE_PAGE,
  });
  return judged([
    ...ask(
      type,
      (kind) => text(kind) !== "NodePort",
      complain("type NodePort opens a port on every node, past the gateway"),
    ),
    ...ask(external, (list) => entries(list).length === 0, complain("externalIPs take traffic past the gateway")),
    ...(text(type) === "LoadBalancer"
      ? whenKnown([annotations, ranges, ...entries(ranges), ...portsOf(ports, "port")], () => {
          const isInside =
            Object.entries(object(annotations) ?? {}).some(isInternal) ||
            (entries(ranges).length > 0 && entries(ranges).every((range) => !isWorld(range)));
          const open = isInside ? undefined : portsOf(ports, "port").find((port) => !isPublicPort(number(port)));
          return open === undefined
            ? []
            : [
                violationAt(
                  open,
                  complain(
                    `type LoadBalancer opens port ${number(open)} to the world: only the gateway's 80 and 443 may be`,
                  ),
                ),
              ];
        })
      : []),
  ]);
}

const isWorld = (range: Node): boolean => /^(0\.0\.0\.0|::)\/0$/.test(text(range) ?? "");

const portsOf = (list: Node, key: string): readonly Node[] =>
  isUnknown(list) ? [list] : entries(list).map((entry) => at(entry, key));

/**
 * A published port without an address is open on every one that the host has, and one without a number of the host's is
 * given a free one (the provider's schema, ContainerPort).
 */
function judgeContainer({ properties }: Resource): Verdict {
  const list = at(rootOf(properties), "ports");
  return judged([
    ...(isUnknown(list) ? whenKnown([list], () => []) : entries(list).flatMap(publishedFindings)),
    ...ask(at(rootOf(properties), "publishAllPorts"), (all) => flag(all) !== true, {
      problem: "publishAllPorts publishes each port of the image on every address of the host",
      repair: "publishAllPorts: false",
      url: DOCKER_PAGE,
    }),
  ]);
}

const portName = (port: Node): string => (number(port) ? `port ${number(port)}` : "a free port of the host's");

function publishedFindings(entry: Node): readonly Finding[] {
  const [address, port] = [at(entry, "ip"), at(entry, "external")];
  return whenKnown([entry, address, port], () => {
    const isInside = /^(127\.|::1$|localhost$)/.test(text(address) ?? "0.0.0.0");
    if (isInside || isPublicPort(number(port))) return [];
    const problem = `${portName(port)} is published on every address of the host: only the gateway's 80 and 443 may be`;
    return [
      violationAt(port, {
        problem,
        repair: 'ports: [{ internal: 5432, external: 5432, ip: "127.0.0.1" }]',
        url: DOCKER_PAGE,
      }),
    ];
  });
}

function judgeSwarmService({ properties }: Resource): Verdict {
  const list = at(rootOf(properties), "endpointSpec", "ports");
  const published = portsOf(list, "publishedPort");
  return judged(
    published.flatMap((port) =>
      ask(port, (stated) => isPublicPort(number(stated)), {
        problem: `${portName(port)} is published on every node: only the gateway's 80 and 443 may be`,
        repair: "endpointSpec: { ports: [] }",
        url: DOCKER_PAGE,
      }),
    ),
  );
}

/** A switch that puts what belongs inside on the internet. */
const switchRule = (types: readonly string[], path: readonly string[], problem: string): ResourceRule => ({
  types,
  asks: `no \`${path.join(".")}: true\``,
  judge: ({ properties }) =>
    judged(
      ask(at(rootOf(properties), ...path), (isPublic) => flag(isPublic) !== true, {
        problem: `${path.join(".")} is true: ${problem}`,
        repair: `${path.at(-1)}: false`,
        url: PUBLIC_INGRESS_PAGE,
      }),
    ),
});

const BUCKET_PAGE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";

/** S3 blocks public access to a new bucket; this resource says it anew, and what it leaves out is taken back. */
const bucketAccess: ResourceRule = {
  types: ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"],
  asks: "all four of its switches `true`: what is left out is false",
  judge: ({ properties }) =>
    judged(
      ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].flatMap((key) =>
        ask(at(rootOf(properties), key), (isBlocked) => flag(isBlocked) === true, {
          problem: `${key} is not true: one policy or ACL more, and the bucket is read from the internet`,
          repair: `${key}: true`,
          url: BUCKET_PAGE,
        }),
      ),
    ),
};

/** Nothing but the gateway is reached from the internet. */
export const forbidPublicIngress: Policy = {
  name: "forbid-public-ingress",
  displayName: "Only the gateway is public",
  severity: "critical",
  concern: "hygiene",
  description: "Nothing but the gateway, on ports 80 and 443, is reached from outside.",
  why: "A database or a metrics port that is open to the world is found by scanners within hours, and what guards the gateway (TLS, limits, authentication) does not stand before it.",
  remedies: [
    { step: "Kubernetes: reach it through the gateway.", code: 'spec: { type: "ClusterIP" }' },
    {
      step: "AWS: from the group of what calls it.",
      code: 'new aws.vpc.SecurityGroupIngressRule("api", { securityGroupId: api.id, referencedSecurityGroupId: gateway.id, fromPort: 8000, toPort: 8000, ipProtocol: "tcp" })',
    },
    { step: "Docker: on loopback.", code: 'ports: [{ internal: 5432, external: 5432, ip: "127.0.0.1" }]' },
  ],
  url: PUBLIC_INGRESS_PAGE,
  counterparts: [
    { tool: "kube-linter", rules: ["exposed-services"] },
    { tool: "kube-score", rules: ["service-type"] },
    {
      tool: "checkov",
      rules: [
        "CKV_AWS_24",
        "CKV_AWS_25",
        "CKV_AWS_260 (80: ours takes it for the gateway)",
        "CKV_AWS_277",
        "CKV_AWS_17",
        "CKV_AWS_333",
        "CKV_AWS_53",
        "CKV_AWS_54",
        "CKV_AWS_55",
        "CKV_AWS_56",
      ],
    },
    { tool: "Security Hub", rules: ["EC2.13", "EC2.14", "EC2.18", "EC2.19", "RDS.2", "ECS.2", "S3.8"] },
  ],
  parameters: [],
  resourceRules: [
    {
      types: ["kubernetes:core/v1:Service"],
      asks: "no NodePort, no externalIPs; a LoadBalancer only on 80 and 443, or kept inside by an annotation or `loadBalancerSourceRanges`",
      judge: judgeService,
    },
    {
      types: ["docker:index/container:Container"],
      asks: "ports other than 80 and 443, also those without `external`, are published on a loopback address; no `publishAllPorts`",
      judge: judgeContainer,
    },
    {
      types: ["docker:index/service:Service"],
      asks: "no published port but 80 and 443, nor one without `publishedPort`",
      judge: judgeSwarmService,
    },
    {
      types: ["aws:ec2/securityGroup:SecurityGroup"],
      asks: "no `ingress` from 0.0.0.0/0 or ::/0 but on 80 and 443",
      judge: judgeSecurityGroup,
    },
    {
      types: SECURITY_GROUP_TYPES.rules,
      asks: "no rule from 0.0.0.0/0 or ::/0 but on 80 and 443",
      judge: judgeIngressRule,
    },
    switchRule(
      ["aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance", "aws:redshift/cluster:Cluster"],
      ["publiclyAccessible"],
      "the database has an address on the internet",
    ),
    switchRule(
      ["aws:ecs/service:Service"],
      ["networkConfiguration", "assignPublicIp"],
      "each task has an address on the internet, past the load balancer",
    ),
    bucketAccess,
  ],
  stackRules: [securityGroupsOfBalancers],
  examples: FORBID_PUBLIC_INGRESS_EXAMPLES,
};
