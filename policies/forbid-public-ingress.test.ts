import { describe, expect, test } from "vitest";
import { dockerContainer, dockerService } from "./example-resources.ts";
import { forbidPublicIngress } from "./forbid-public-ingress.ts";
import type { ExampleResource } from "./policy.ts";
import { found, verdictOn } from "./testing.ts";
import { type Properties, UNKNOWN } from "./values.ts";

const service = (spec: Properties, annotations: Properties = {}): ExampleResource => ({
  type: "kubernetes:core/v1:Service",
  name: "it",
  properties: { metadata: { annotations }, spec },
});
const balancer = (port: number, more: Properties = {}): Properties => ({
  type: "LoadBalancer",
  ports: [{ port }],
  ...more,
});
const docker = (port: Properties): ExampleResource => dockerContainer({ ports: [port] });
const swarm = (port: Properties): ExampleResource => ({
  ...dockerService({}),
  properties: { ...dockerService({}).properties, endpointSpec: { ports: [port] } },
});
const rule = (
  properties: Properties,
  type = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
): ExampleResource => ({
  type,
  name: "rule",
  properties,
});
const tcp = (port: number): Properties => ({ fromPort: port, toPort: port });

test.each<[string, ExampleResource]>([
  ["a node port", service({ type: "NodePort", ports: [{ port: 80 }] })],
  ["an external address", service({ externalIPs: ["192.0.2.1"] })],
  ["a load balancer on 5432", service(balancer(5432))],
  ["a load balancer for everyone", service(balancer(5432, { loadBalancerSourceRanges: ["0.0.0.0/0"] }))],
  ["docker: a port without an address", docker({ internal: 1, external: 5432 })],
  ["docker: a port on every address", docker({ internal: 1, external: 5432, ip: "0.0.0.0" })],
  ["docker: a port that the host chooses", docker({ internal: 5432 })],
  ["docker: every port of the image", dockerContainer({ publishAllPorts: true })],
  ["swarm: a port", swarm({ targetPort: 5432, publishedPort: 5432 })],
  ["swarm: a port that the swarm chooses", swarm({ targetPort: 5432 })],
  ["a range of ports", rule({ cidrIpv4: "0.0.0.0/0", fromPort: 80, toPort: 443 })],
  ["every port", rule({ cidrIpv6: "::/0", ipProtocol: "-1" })],
  ["every port, whatever numbers stand there", rule({ cidrIpv4: "0.0.0.0/0", ipProtocol: "-1", ...tcp(443) })],
  [
    "the older rule",
    rule(
      { type: "ingress", cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"], ...tcp(22) },
      "aws:ec2/securityGroupRule:SecurityGroupRule",
    ),
  ],
])("%s is found", (_, resource) => {
  expect(found(forbidPublicIngress, resource)).toHaveLength(1);
});

test.each<[string, ExampleResource]>([
  ["no type, which is ClusterIP", service({ ports: [{ port: 5432 }] })],
  ["the gateway", service({ type: "LoadBalancer", ports: [{ port: 80 }, { port: 443 }] })],
  ["an internal one", service(balancer(5432), { "service.beta.kubernetes.io/aws-load-balancer-internal": "true" })],
  ["one for some", service(balancer(5432, { loadBalancerSourceRanges: ["10.0.0.0/8"] }))],
  ["docker: loopback", docker({ internal: 1, external: 5432, ip: "127.0.0.1" })],
  ["docker: a port of loopback that the host chooses", docker({ internal: 1, ip: "127.0.0.1" })],
  ["docker: nothing published", dockerContainer({})],
  ["swarm: the gateway's port", swarm({ targetPort: 8443, publishedPort: 443 })],
  ["swarm: nothing published", dockerService({})],
  ["the gateway's port", rule({ cidrIpv4: "0.0.0.0/0", ...tcp(443) })],
  ["a network of one's own", rule({ cidrIpv4: "10.0.0.0/8", ...tcp(5432) })],
])("%s passes", (_, resource) => {
  expect(found(forbidPublicIngress, resource)).toEqual([]);
});

describe("a stack with a load balancer", () => {
  const group = (name: string): ExampleResource => ({
    type: "aws:ec2/securityGroup:SecurityGroup",
    name,
    properties: {},
  });
  const open = (name: string): ExampleResource => ({
    ...rule({ cidrIpv4: "0.0.0.0/0", securityGroupId: UNKNOWN, ...tcp(443) }),
    madeFrom: { securityGroupId: name },
  });
  const loadBalancer: ExampleResource = {
    type: "aws:lb/loadBalancer:LoadBalancer",
    name: "lb",
    properties: {},
    madeFrom: { securityGroups: "front" },
  };

  test("is open at the load balancer, and nowhere else", () => {
    const program = [group("front"), group("back"), loadBalancer];
    expect(found(forbidPublicIngress, ...program, open("front"))).toEqual([]);
    expect(found(forbidPublicIngress, ...program, open("back"))).toEqual([
      expect.stringContaining("no load balancer's"),
    ]);
    expect(found(forbidPublicIngress, group("back"), open("back"))).toEqual([]);
  });
});

test("what goes out is not applicable", () => {
  const type = "aws:ec2/securityGroupRule:SecurityGroupRule";
  const egress = { type: "egress", cidrBlocks: ["0.0.0.0/0"] };
  expect(verdictOn(forbidPublicIngress, { type, properties: egress })).toMatchObject({ kind: "not-applicable" });
});

test("unknown values are named", () => {
  expect(found(forbidPublicIngress, service({ type: UNKNOWN }))).toEqual(["it? spec.type"]);
  expect(found(forbidPublicIngress, docker({ internal: 1, external: 5432, ip: UNKNOWN }))).toEqual([
    "api? ports[0].ip",
  ]);
  expect(found(forbidPublicIngress, rule({ cidrIpv4: UNKNOWN, ...tcp(22) }))).toEqual(["rule? cidrIpv4"]);
});

test("each switch of a bucket's public access block is asked, and what it leaves out is false", () => {
  const block = { type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name: "b" };
  const on = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
  expect(found(forbidPublicIngress, { ...block, properties: on })).toEqual([]);
  for (const key of Object.keys(on)) {
    for (const value of [false, null]) {
      expect(found(forbidPublicIngress, { ...block, properties: { ...on, [key]: value } })).toEqual([
        expect.stringContaining(`b: ${key}: `),
      ]);
    }
  }
});
