import { dockerContainer } from "./example-resources.ts";
import type { Example } from "./policy.ts";
import type { Properties } from "./values.ts";

type ExampleResource = Example["bad"][number];

const kubernetesService = (type: string): ExampleResource => ({
  type: "kubernetes:core/v1:Service",
  name: "database",
  properties: { spec: { type, ports: [{ port: 5432 }] } },
});

const group = (ingress: readonly Properties[]): ExampleResource => ({
  type: "aws:ec2/securityGroup:SecurityGroup",
  name: "database",
  properties: { ingress },
});

const rule = (source: Properties): ExampleResource => ({
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  name: "api",
  properties: { securityGroupId: "sg-0a1b2c3d", ipProtocol: "tcp", fromPort: 8000, toPort: 8000, ...source },
});

const database = (publiclyAccessible: boolean): ExampleResource => ({
  type: "aws:rds/instance:Instance",
  name: "database",
  properties: { engine: "postgres", publiclyAccessible },
});

const ecsService = (assignPublicIp: boolean): ExampleResource => ({
  type: "aws:ecs/service:Service",
  name: "api",
  properties: { networkConfiguration: { subnets: ["subnet-0a1b2c3d"], assignPublicIp } },
});

const swarm = (publishedPort: number): ExampleResource => ({
  type: "docker:index/service:Service",
  name: "gateway",
  properties: { endpointSpec: { ports: [{ targetPort: 8080, publishedPort }] } },
});

const bucketAccess = (blockPublicPolicy: boolean): ExampleResource => ({
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  name: "exports",
  properties: {
    bucket: "exports",
    blockPublicAcls: true,
    blockPublicPolicy,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
});

const TCP = { protocol: "tcp", fromPort: 5432, toPort: 5432 };

export const FORBID_PUBLIC_INGRESS_EXAMPLES: readonly Example[] = [
  {
    title: "Kubernetes: a database with a load balancer of its own",
    bad: [kubernetesService("LoadBalancer")],
    good: [kubernetesService("ClusterIP")],
  },
  {
    title: "AWS: a database's port for everyone",
    bad: [group([{ ...TCP, cidrBlocks: ["0.0.0.0/0"] }]), database(true)],
    good: [group([{ ...TCP, securityGroups: ["sg-0a1b2c3d"] }]), database(false)],
  },
  {
    title: "AWS: a rule of its own, and tasks with public addresses",
    bad: [rule({ cidrIpv6: "::/0" }), ecsService(true)],
    good: [rule({ referencedSecurityGroupId: "sg-9f8e7d6c" }), ecsService(false)],
  },
  {
    title: "Docker: a published port without an address",
    bad: [dockerContainer({ ports: [{ internal: 5432, external: 5432 }] })],
    good: [dockerContainer({ ports: [{ internal: 5432, external: 5432, ip: "127.0.0.1" }] })],
  },
  { title: "AWS: a bucket that a policy may open", bad: [bucketAccess(false)], good: [bucketAccess(true)] },
  { title: "Docker Swarm: a port on every node", bad: [swarm(8080)], good: [swarm(443)] },
];
