import { type Fault, input, missing, more, options, plainText } from "../fault.ts";

const task = (workload: string) => ({ workload, resource: `TaskDefinition::${workload}` });
const service = (workload: string) => ({ workload, resource: `ecs/service:Service::${workload}` });
const own = (workload: string, ...path: readonly string[]) => ["containerDefinitions", workload, ...path];
const groupOf = (name: string) => `aws:ec2/securityGroup:SecurityGroup::${name}`;

/** Slips in what AWS is asked for, of the samples. */
export const faults: readonly Fault[] = [
  {
    ...task("api"),
    title: "no health check",
    field: "probes.liveness.check",
    slip: input(own("api", "healthCheck")),
  },
  {
    ...task("api"),
    title: "a time limit that is not the command's own",
    field: "probes.liveness.timeout",
    slip: input(own("api", "healthCheck", "timeout"), 60),
  },
  {
    ...task("api"),
    title: "the probe binary is not waited for",
    field: "probes.liveness.check",
    slip: input(own("api", "dependsOn"), []),
  },
  {
    title: "the load balancer asks another path",
    workload: "edge",
    field: "probes.readiness.check",
    resource: "TargetGroup::edge",
    slip: input(["healthCheck", "path"], "/"),
  },
  { ...task("edge"), title: "the image's own user", field: "user.uid", slip: input(own("edge", "user")) },
  {
    ...task("edge"),
    title: "a root that can be written",
    field: "readOnlyRootFilesystem",
    slip: input(own("edge", "readonlyRootFilesystem"), false),
  },
  {
    ...task("edge"),
    title: "new privileges",
    field: "privileges",
    slip: input(own("edge", "dockerSecurityOptions"), []),
  },
  {
    ...task("api"),
    title: "another secret",
    field: "secretVariables.TOKEN.text",
    slip: input(
      own("api", "secrets", "TOKEN", "valueFrom"),
      "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x",
    ),
  },
  {
    title: "a parameter in plain text",
    workload: "api",
    field: "secretVariables.TOKEN.held",
    resource: "Parameter::tokenSigningKey",
    slip: plainText,
  },
  {
    title: "a file with another content",
    workload: "edge",
    field: "files./etc/edge/edge.conf",
    resource: "BucketObjectv2::edge-file-0",
    slip: input(["content"], "# another\n"),
  },
  {
    ...task("edge"),
    title: "files that nobody wrote",
    field: "secretFiles./etc/edge/tls/key.pem",
    slip: input(own("edge", "dependsOn"), []),
  },
  {
    ...task("api"),
    title: "revisions that cannot be gone back to",
    field: "placement.rollout.revisionsKept",
    slip: input(["skipDestroy"], false),
  },
  {
    ...service("edge"),
    title: "no rollback",
    field: "placement.rollout.rollbackOnFailure",
    slip: input(["deploymentCircuitBreaker", "rollback"], false),
  },
  {
    ...service("edge"),
    title: "a rollback that the update does not see",
    field: "placement.rollout.rollbackOnFailure",
    slip: input(["waitForSteadyState"], false),
  },
  {
    ...service("edge"),
    title: "no deadline",
    field: "placement.rollout.progressDeadline",
    slip: options({ updateTimeout: undefined }),
  },
  {
    ...service("store"),
    title: "two databases on one volume",
    field: "placement.rollout.surge",
    slip: input(["deploymentMaximumPercent"], 200),
  },
  {
    ...service("store"),
    title: "no name",
    field: "address",
    slip: input(["serviceRegistries"]),
  },
  {
    title: "no scaling",
    workload: "api",
    field: "placement.scaling.maximum",
    resource: "Policy::api",
    slip: missing,
  },
  {
    title: "no way for customers",
    workload: "edge",
    field: "ports.80",
    resource: "SecurityGroupIngressRule::balancer-edge-80",
    slip: missing,
  },
  {
    title: "a way out and none in",
    workload: "api",
    field: "connectsTo",
    resource: "SecurityGroupIngressRule::api-store-5432",
    slip: missing,
  },
  {
    title: "the internet for who does not ask for it",
    workload: "writer",
    field: "internet",
    resource: "SecurityGroupEgressRule::api-internet",
    slip: input(["securityGroupId"], groupOf("writer")),
  },
  {
    title: "rights that were not asked for",
    workload: "edge",
    field: "cloudAccess",
    resource: "RolePolicy::edge-task",
    slip: more(["policy", "Statement"], { Effect: "Allow", Action: ["s3:PutObject"], Resource: "*" }),
  },
  {
    title: "a disk too small",
    workload: "store",
    field: "volumes./data.sharedGiB",
    resource: "Volume::data",
    slip: input(["size"], 10),
  },
];
