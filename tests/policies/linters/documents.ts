import type { StackResource } from "../../../policies/policy.ts";
import type { Value } from "../../../policies/values.ts";

/** A Kubernetes object as it is sent to a cluster; Pulumi's inputs are it but for a name that Pulumi would make. */
export function manifestOf({ type, name, properties }: StackResource): object {
  const [, module = "", kind = ""] = type.split(":");
  const [group = "", version = ""] = module.split("/");
  const metadata = isMap(properties.metadata) ? properties.metadata : {};
  return {
    ...properties,
    apiVersion: group === "core" ? version : module,
    kind,
    metadata: { ...metadata, name: metadata.name ?? name },
  };
}

export const isKubernetes = ({ type }: StackResource): boolean => type.startsWith("kubernetes:");

/** Terraform's names of types that Pulumi calls otherwise than `aws_<module>_<kind>`, of those that checkov judges. */
const TERRAFORM: Readonly<Record<string, string>> = {
  "aws:appautoscaling/target:Target": "aws_appautoscaling_target",
  "aws:autoscaling/group:Group": "aws_autoscaling_group",
  "aws:cloudwatch/eventRule:EventRule": "aws_cloudwatch_event_rule",
  "aws:cloudwatch/logGroup:LogGroup": "aws_cloudwatch_log_group",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "aws_cloudwatch_metric_alarm",
  "aws:ebs/volume:Volume": "aws_ebs_volume",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "aws_default_security_group",
  "aws:ec2/eip:Eip": "aws_eip",
  "aws:ec2/launchTemplate:LaunchTemplate": "aws_launch_template",
  "aws:ec2/natGateway:NatGateway": "aws_nat_gateway",
  "aws:ec2/route:Route": "aws_route",
  "aws:ec2/securityGroup:SecurityGroup": "aws_security_group",
  "aws:ec2/subnet:Subnet": "aws_subnet",
  "aws:ec2/vpc:Vpc": "aws_vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "aws_vpc_endpoint",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": "aws_ecr_lifecycle_policy",
  "aws:ecr/repository:Repository": "aws_ecr_repository",
  "aws:ecs/cluster:Cluster": "aws_ecs_cluster",
  "aws:ecs/service:Service": "aws_ecs_service",
  "aws:ecs/taskDefinition:TaskDefinition": "aws_ecs_task_definition",
  "aws:elasticache/replicationGroup:ReplicationGroup": "aws_elasticache_replication_group",
  "aws:iam/role:Role": "aws_iam_role",
  "aws:iam/rolePolicy:RolePolicy": "aws_iam_role_policy",
  "aws:lb/listener:Listener": "aws_lb_listener",
  "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
  "aws:lb/targetGroup:TargetGroup": "aws_lb_target_group",
  "aws:rds/instance:Instance": "aws_db_instance",
  "aws:s3/bucket:Bucket": "aws_s3_bucket",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "aws_s3_bucket_lifecycle_configuration",
  "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
  "aws:s3/bucketPolicy:BucketPolicy": "aws_s3_bucket_policy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "aws_s3_bucket_public_access_block",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    "aws_s3_bucket_server_side_encryption_configuration",
  "aws:sns/topic:Topic": "aws_sns_topic",
  "aws:sns/topicPolicy:TopicPolicy": "aws_sns_topic_policy",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "aws_vpc_security_group_egress_rule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "aws_vpc_security_group_ingress_rule",
};

export const isInTerraform = ({ type }: StackResource): boolean => type in TERRAFORM;

/** Blocks that Terraform names in the singular where Pulumi's list has the plural. */
const SINGULAR: Readonly<Record<string, string>> = {
  capacityProviderStrategies: "capacity_provider_strategy",
  defaultActions: "default_action",
  encryptionConfigurations: "encryption_configuration",
  imageTagMutabilityExclusionFilters: "image_tag_mutability_exclusion_filter",
  loadBalancers: "load_balancer",
  orderedPlacementStrategies: "ordered_placement_strategy",
  placementConstraints: "placement_constraints",
  rules: "rule",
  settings: "setting",
  volumes: "volume",
};

/** Maps: their keys are data. */
const MAPS = new Set(["tags", "dimensions"]);

/**
 * A plan of Terraform's with one resource, as its provider would have it: Pulumi's is made from the same one, with other
 * names. What one resource says of another (`configuration` in a plan) is not in it.
 */
export function planOf(resource: StackResource): object {
  const type = TERRAFORM[resource.type] ?? "";
  const name = resource.name.replaceAll(/\W/g, "_");
  const values = { ...blockOf(resource.properties), ...textsOf(resource.properties) };
  const head = { address: `${type}.${name}`, mode: "managed", type, name };
  const planned = { ...head, provider_name: "registry.terraform.io/hashicorp/aws", schema_version: 1, values };
  const change = { actions: ["create"], before: null, after: values, after_unknown: {} };
  return {
    format_version: "1.2",
    terraform_version: "1.9.0",
    planned_values: { root_module: { resources: [planned] } },
    resource_changes: [{ ...head, change }],
    configuration: { root_module: { resources: [] } },
  };
}

/** What Terraform has as text, and the mutation test has opened. */
const textsOf = ({ containerDefinitions, policy }: Values): object => ({
  ...(containerDefinitions === undefined ? {} : { container_definitions: JSON.stringify(containerDefinitions) }),
  ...(policy === undefined ? {} : { policy: typeof policy === "string" ? policy : JSON.stringify(policy) }),
});

type Values = Readonly<Record<string, Value | undefined>>;

function blockOf(properties: Values): object {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      SINGULAR[key] ?? snake(key),
      MAPS.has(key) ? value : block(value),
    ]),
  );
}

/** An object is a block, which Terraform writes as a list of one. */
function block(value: Value | undefined): unknown {
  if (isMap(value)) return [blockOf(value)];
  return Array.isArray(value) ? value.map((entry: Value) => (isMap(entry) ? blockOf(entry) : entry)) : value;
}

const snake = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const isMap = (value: Value | undefined): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
