import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { singleReasonLabel, singleReasonOf, type WorkloadSpec } from "../../../workload/index.ts";
import { containerDefinitions, networkMode, taskVolumes } from "../containers.ts";
import { storedFiles } from "../files.ts";
import { executionStatements, policyDocument, taskStatements, trustPolicy } from "../permissions.ts";
import { isPublic } from "../problems.ts";
import { alarmSettings, gracePeriod, scalingMetric, serviceSettings, updatePatience } from "../service.ts";
import type { Foundation } from "./foundation.ts";
import { edgePort } from "./groups.ts";
import { runningCheck } from "./running.ts";

/** Makes a workload's task definition, service and what they stand on, as children of `parent`. */
export function realizeWorkload(spec: WorkloadSpec, foundation: Foundation, parent: pulumi.Resource): void {
  const taskDefinition = makeTaskDefinition(spec, foundation, parent);
  const service = makeService(spec, taskDefinition, foundation, parent);
  foundation.order.announce(spec.name, service);
  makeScaling(spec, service, foundation, parent);
}

function makeTaskDefinition(
  spec: WorkloadSpec,
  { stack, site, configBucket, secrets }: Foundation,
  parent: pulumi.Resource,
): aws.ecs.TaskDefinition {
  const { names, section } = stack;
  const tags = stack.tags(spec.name, spec.image.version);
  const files = storedFiles(spec).map(
    ({ key, content }, index) =>
      new aws.s3.BucketObjectv2(
        `${spec.name}-file-${index}`,
        { bucket: configBucket, key, content, contentType: "text/plain; charset=utf-8" },
        // An earlier task definition, gone back to, asks for its files.
        stack.under(parent, { retainOnDelete: true }),
      ),
  );
  const role = (kind: string, statements: ReturnType<typeof taskStatements>) => {
    const name = `${spec.name}-${kind}`;
    const assumeRolePolicy = trustPolicy("ecs-tasks.amazonaws.com", section.accountId);
    const made = new aws.iam.Role(
      name,
      { ...stack.roles, assumeRolePolicy, tags: stack.tags(spec.name) },
      stack.under(parent),
    );
    if (statements.length === 0) return { arn: made.arn, ready: made };
    const policy = policyDocument(statements);
    return { arn: made.arn, ready: new aws.iam.RolePolicy(name, { role: made.name, policy }, stack.under(parent)) };
  };
  const execution = role("execution", executionStatements(spec, site, section));
  const allowed = taskStatements(spec, site);
  const task = allowed.length === 0 ? undefined : role("task", allowed);
  return new aws.ecs.TaskDefinition(
    spec.name,
    {
      family: names.family(spec.name),
      requiresCompatibilities: ["EC2"],
      networkMode: networkMode(spec),
      // Known to the last letter at preview: see Names.
      containerDefinitions: JSON.stringify(containerDefinitions(spec, site)),
      volumes: [...taskVolumes(spec)],
      executionRoleArn: execution.arn,
      ...(task === undefined ? {} : { taskRoleArn: task.arn }),
      // A deregistered revision could not be gone back to.
      skipDestroy: true,
      tags,
    },
    stack.under(parent, {
      dependsOn: [...files, ...secrets, execution.ready, ...(task === undefined ? [] : [task.ready])],
    }),
  );
}

function makeService(
  spec: WorkloadSpec,
  taskDefinition: aws.ecs.TaskDefinition,
  foundation: Foundation,
  parent: pulumi.Resource,
): aws.ecs.Service {
  const { stack, cluster, network, groups, balancer, order } = foundation;
  const interfaceOfItsOwn = networkMode(spec) === "awsvpc";
  const alarms = foundation.takenBackBy(spec);
  const patience = updatePatience(spec, stack.section, alarms.length > 0);
  const deadline = `${patience.seconds}s`;
  const ready = [cluster.capacity, ...alarms, ...(isPublic(spec) ? [balancer.listener] : [])];
  const dependsOn: Promise<pulumi.Resource[]> = order
    .after(spec.startsAfter)
    .then((services) => [...ready, ...services]);
  const running = runningCheck(spec, stack, patience);
  const service = new aws.ecs.Service(
    spec.name,
    {
      name: spec.name,
      cluster: cluster.arn,
      taskDefinition: taskDefinition.arn,
      ...serviceSettings(spec, stack.names, stack.section),
      ...(alarms.length === 0 ? {} : { alarms: alarmSettings(spec, stack.names) }),
      waitForSteadyState: true,
      enableExecuteCommand: false,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      ...(interfaceOfItsOwn
        ? {
            networkConfiguration: {
              subnets: [...network.privateSubnetIds],
              securityGroups: [groups.ofMember(spec)],
              assignPublicIp: false,
            },
            serviceRegistries: { registryArn: registeredName(spec, foundation, parent) },
          }
        : {}),
      ...(isPublic(spec)
        ? {
            loadBalancers: [
              {
                targetGroupArn: balancer.targetGroupArn,
                containerName: spec.name,
                containerPort: edgePort(spec),
              },
            ],
            healthCheckGracePeriodSeconds: gracePeriod(spec),
          }
        : {}),
      tags: { ...stack.tags(spec.name, spec.image.version), ...reasonTag(spec) },
    },
    stack.under(parent, {
      dependsOn,
      hooks: running.hooks,
      customTimeouts: { create: deadline, update: deadline },
      // Automatic scaling owns the number between its bounds.
      ...(isAutomatic(spec) ? { ignoreChanges: ["desiredCount"] } : {}),
    }),
  );
  foundation.running.push(running.of(service));
  return service;
}

/** Why the service runs one task, where the workload says it. */
function reasonTag(spec: WorkloadSpec): Readonly<Record<string, string>> {
  const reason = singleReasonOf(spec);
  return reason === undefined ? {} : { [singleReasonLabel]: reason };
}

const isAutomatic = ({ placement }: WorkloadSpec): boolean =>
  placement.kind === "stateless" && placement.scaling.kind === "automatic";

/** The workload's name in the namespace: the addresses of its healthy tasks. */
function registeredName(
  { name }: WorkloadSpec,
  { stack, namespaceId }: Foundation,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  return new aws.servicediscovery.Service(
    name,
    {
      name,
      dnsConfig: { namespaceId, routingPolicy: "MULTIVALUE", dnsRecords: [{ type: "A", ttl: 5 }] },
      // ECS tells Cloud Map which tasks are healthy. The number is always 1 and deprecated, but the provider drops a block
      // without it (pulumi-aws#6289), and ECS ends the tasks of a name that takes no health (terraform-provider-aws#4082).
      healthCheckCustomConfig: { failureThreshold: 1 },
      forceDestroy: true,
      tags: stack.tags(name),
    },
    stack.under(parent),
  ).arn;
}

function makeScaling(
  spec: WorkloadSpec,
  service: aws.ecs.Service,
  { stack, balancer }: Foundation,
  parent: pulumi.Resource,
): void {
  const { placement } = spec;
  if (placement.kind !== "stateless" || placement.scaling.kind !== "automatic") return;
  const { minimum, maximum, target } = placement.scaling;
  const scaled = {
    serviceNamespace: "ecs",
    resourceId: `service/${stack.names.cluster}/${spec.name}`,
    scalableDimension: "ecs:service:DesiredCount",
  };
  const range = new aws.appautoscaling.Target(
    spec.name,
    { ...scaled, minCapacity: minimum, maxCapacity: maximum, tags: stack.tags(spec.name) },
    stack.under(parent, { dependsOn: service }),
  );
  const { targetValue, predefinedMetricType } = scalingMetric(target);
  const metric = {
    predefinedMetricType,
    ...(target.metric === "requests" ? { resourceLabel: balancer.resourceLabel } : {}),
  };
  new aws.appautoscaling.Policy(
    spec.name,
    {
      ...scaled,
      policyType: "TargetTrackingScaling",
      targetTrackingScalingPolicyConfiguration: { targetValue, predefinedMetricSpecification: metric },
    },
    stack.under(parent, { dependsOn: range }),
  );
}
