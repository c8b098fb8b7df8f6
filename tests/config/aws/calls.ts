import type { Asked } from "../../../components/targets/ecs/testing.ts";
import { type Call, capitalized, type Mappings, of, pick, present, records, revealed, tagList } from "./call.ts";
import { foundationMappings } from "./foundation.ts";

/** What the resources stand on. */
const groundCalls: readonly Call[] = [
  { label: "vpc", service: "ec2", operation: "CreateVpc", parameters: { CidrBlock: "10.0.0.0/16" } },
  {
    label: "subnet",
    service: "ec2",
    operation: "CreateSubnet",
    parameters: { CidrBlock: "10.0.0.0/24", VpcId: of("vpc", "Vpc", "VpcId") },
  },
  {
    label: "group",
    service: "ec2",
    operation: "CreateSecurityGroup",
    parameters: { GroupName: "one", Description: "one", VpcId: of("vpc", "Vpc", "VpcId") },
  },
];

/** How a resource of the provider becomes calls of the API. Only what is judged here; the rest has the SDK's types alone. */
const mappings: Mappings = {
  ...foundationMappings,
  "aws:ecs/cluster:Cluster": ({ name, settings, tags }) => [
    {
      service: "ecs",
      operation: "CreateCluster",
      parameters: present({ clusterName: name, settings, tags: tagList(tags, "key", "value") }),
    },
  ],
  "aws:ecs/taskDefinition:TaskDefinition": ({ containerDefinitions, volumes, tags, ...rest }) => [
    {
      service: "ecs",
      operation: "RegisterTaskDefinition",
      parameters: present({
        ...pick(rest, ["family", "networkMode", "requiresCompatibilities", "taskRoleArn", "executionRoleArn"]),
        containerDefinitions: JSON.parse(String(containerDefinitions)),
        volumes: records(volumes).map(({ name, hostPath }) =>
          present({ name, host: hostPath === undefined ? {} : { sourcePath: hostPath } }),
        ),
        tags: tagList(tags, "key", "value"),
      }),
    },
  ],
  "aws:ecs/service:Service": (inputs, name) => [
    {
      service: "ecs",
      operation: "CreateService",
      parameters: present({
        cluster: of("aws:ecs/cluster:Cluster cluster", "cluster", "clusterArn"),
        serviceName: inputs.name,
        taskDefinition: of(`aws:ecs/taskDefinition:TaskDefinition ${name}`, "taskDefinition", "taskDefinitionArn"),
        ...pick(inputs, [
          "desiredCount",
          "launchType",
          "schedulingStrategy",
          "deploymentController",
          "availabilityZoneRebalancing",
          "enableExecuteCommand",
          "healthCheckGracePeriodSeconds",
          "propagateTags",
        ]),
        enableECSManagedTags: inputs.enableEcsManagedTags,
        capacityProviderStrategy: inputs.capacityProviderStrategies,
        placementStrategy: inputs.orderedPlacementStrategies,
        deploymentConfiguration: {
          deploymentCircuitBreaker: inputs.deploymentCircuitBreaker,
          ...(inputs.alarms === undefined ? {} : { alarms: inputs.alarms }),
          maximumPercent: inputs.deploymentMaximumPercent,
          minimumHealthyPercent: inputs.deploymentMinimumHealthyPercent,
        },
        ...(inputs.networkConfiguration === undefined ? {} : { networkConfiguration: vpcConfiguration }),
        loadBalancers: records(inputs.loadBalancers).map(({ containerName, containerPort }) => ({
          containerName,
          containerPort,
          targetGroupArn: of("aws:lb/targetGroup:TargetGroup gateway", "TargetGroups", 0, "TargetGroupArn"),
        })),
        tags: tagList(inputs.tags, "key", "value"),
      }),
    },
  ],
  "aws:lb/targetGroup:TargetGroup": ({ port, protocol, targetType, healthCheck }, name) => {
    const [check] = records([healthCheck]);
    return [
      {
        service: "elbv2",
        operation: "CreateTargetGroup",
        parameters: present({
          Name: name,
          VpcId: of("vpc", "Vpc", "VpcId"),
          Port: port,
          Protocol: protocol,
          TargetType: targetType,
          HealthCheckPath: check?.path,
          HealthCheckProtocol: check?.protocol,
          HealthCheckIntervalSeconds: check?.interval,
          HealthCheckTimeoutSeconds: check?.timeout,
          HealthyThresholdCount: check?.healthyThreshold,
          UnhealthyThresholdCount: check?.unhealthyThreshold,
          Matcher: { HttpCode: check?.matcher },
        }),
      },
    ];
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ name, dimensions, okActions, tags, ...rest }) => [
    {
      service: "cloudwatch",
      operation: "PutMetricAlarm",
      parameters: present({
        AlarmName: name,
        ...capitalized(rest),
        OKActions: okActions,
        Dimensions: tagList(dimensions, "Name", "Value"),
        Tags: tagList(tags, "Key", "Value"),
      }),
    },
  ],
  "aws:ecr/repository:Repository": (inputs) => [
    {
      service: "ecr",
      operation: "CreateRepository",
      parameters: present({
        repositoryName: inputs.name,
        ...pick(inputs, ["imageTagMutability", "imageTagMutabilityExclusionFilters", "imageScanningConfiguration"]),
        encryptionConfiguration: records(inputs.encryptionConfigurations)[0],
        tags: tagList(inputs.tags, "Key", "Value"),
      }),
    },
  ],
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": ({ policy }, name) => [
    {
      service: "ecr",
      operation: "PutLifecyclePolicy",
      parameters: { repositoryName: repositoryOf(name), lifecyclePolicyText: policy },
    },
  ],
  "aws:ecr/repositoryPolicy:RepositoryPolicy": ({ policy }, name) => [
    {
      service: "ecr",
      operation: "SetRepositoryPolicy",
      parameters: { repositoryName: repositoryOf(name), policyText: policy },
    },
  ],
  "aws:secretsmanager/secret:Secret": ({ name, tags }) => [
    {
      service: "secretsmanager",
      operation: "CreateSecret",
      parameters: present({ Name: name, Tags: tagList(tags, "Key", "Value") }),
    },
  ],
  "aws:secretsmanager/secretVersion:SecretVersion": ({ secretString }, name) => [
    {
      service: "secretsmanager",
      operation: "PutSecretValue",
      parameters: {
        SecretId: of(`aws:secretsmanager/secret:Secret ${name}`, "ARN"),
        SecretString: revealed(secretString),
      },
    },
  ],
};

/** The types of resources that are judged. */
export const judgedTypes: readonly string[] = Object.keys(mappings);

/** The calls that make the resources, those first that others stand on. */
export function callsFor(asked: readonly Asked[]): readonly Call[] {
  const calls = judgedTypes.flatMap((type) =>
    asked
      .filter((one) => one.type === type)
      .flatMap(({ name, inputs }) =>
        (mappings[type]?.(inputs, name) ?? []).map((call) => ({ label: `${type} ${name}`, ...call })),
      ),
  );
  return [...groundCalls, ...sorted(calls)];
}

/** A service stands on its task definition and target group. */
const sorted = (calls: readonly Call[]): readonly Call[] => [
  ...calls.filter(({ operation }) => operation !== "CreateService"),
  ...calls.filter(({ operation }) => operation === "CreateService"),
];

const vpcConfiguration = {
  awsvpcConfiguration: {
    subnets: [of("subnet", "Subnet", "SubnetId")],
    securityGroups: [of("group", "GroupId")],
    assignPublicIp: "DISABLED",
  },
};

const repositoryOf = (resource: string) =>
  of(`aws:ecr/repository:Repository ${resource}`, "repository", "repositoryName");
