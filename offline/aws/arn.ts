import { alphanumeric, hex, integer, uuid } from "../identity.ts";
import type { Instance } from "../model.ts";
import { text } from "../value.ts";
import { nameProperty } from "./naming.ts";
import type { Place } from "./settings.ts";

interface Names {
  readonly seed: string;
  readonly name: string;
  /** The id; empty for types whose id is itself the ARN. */
  readonly id: string;
  readonly input: (name: string) => string;
}

/**
 * The part of an ARN after `arn:aws:`, with `R` for region and `A` for account
 * (Service Authorization Reference, "Resource types defined by …").
 */
const forms: Readonly<Record<string, (of: Names) => string>> = {
  "aws:acm/certificate:Certificate": ({ seed }) => `acm:R:A:certificate/${uuid(seed)}`,
  "aws:appautoscaling/policy:Policy": ({ seed, name, input }) =>
    `autoscaling:R:A:scalingPolicy:${uuid(seed)}:resource/${input("serviceNamespace")}/${input("resourceId")}:policyName/${name}`,
  "aws:appautoscaling/target:Target": ({ seed }) => `application-autoscaling:R:A:scalable-target/${hex(seed, 32)}`,
  "aws:autoscaling/group:Group": ({ seed, name }) =>
    `autoscaling:R:A:autoScalingGroup:${uuid(seed)}:autoScalingGroupName/${name}`,
  "aws:autoscaling/policy:Policy": ({ seed, name, input }) =>
    `autoscaling:R:A:scalingPolicy:${uuid(seed)}:autoScalingGroupName/${input("autoscalingGroupName")}:policyName/${name}`,
  "aws:backup/plan:Plan": ({ id }) => `backup:R:A:backup-plan:${id}`,
  "aws:backup/vault:Vault": ({ name }) => `backup:R:A:backup-vault:${name}`,
  "aws:cloudwatch/eventRule:EventRule": ({ name }) => `events:R:A:rule/${name}`,
  "aws:cloudwatch/logGroup:LogGroup": ({ name }) => `logs:R:A:log-group:${name}`,
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ name }) => `cloudwatch:R:A:alarm:${name}`,
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": ({ id }) => `dlm:R:A:policy/${id}`,
  "aws:ebs/volume:Volume": ({ id }) => `ec2:R:A:volume/${id}`,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ({ id }) => `ec2:R:A:security-group/${id}`,
  "aws:ec2/eip:Eip": ({ id }) => `ec2:R:A:elastic-ip/${id}`,
  "aws:ec2/flowLog:FlowLog": ({ id }) => `ec2:R:A:vpc-flow-log/${id}`,
  "aws:ec2/instance:Instance": ({ id }) => `ec2:R:A:instance/${id}`,
  "aws:ec2/internetGateway:InternetGateway": ({ id }) => `ec2:R:A:internet-gateway/${id}`,
  "aws:ec2/launchTemplate:LaunchTemplate": ({ id }) => `ec2:R:A:launch-template/${id}`,
  "aws:ec2/routeTable:RouteTable": ({ id }) => `ec2:R:A:route-table/${id}`,
  "aws:ec2/securityGroup:SecurityGroup": ({ id }) => `ec2:R:A:security-group/${id}`,
  "aws:ec2/subnet:Subnet": ({ id }) => `ec2:R:A:subnet/${id}`,
  "aws:ec2/vpc:Vpc": ({ id }) => `ec2:R:A:vpc/${id}`,
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ id }) => `ec2:R:A:vpc-endpoint/${id}`,
  "aws:ecr/repository:Repository": ({ name }) => `ecr:R:A:repository/${name}`,
  "aws:ecs/capacityProvider:CapacityProvider": ({ name }) => `ecs:R:A:capacity-provider/${name}`,
  "aws:ecs/cluster:Cluster": ({ name }) => `ecs:R:A:cluster/${name}`,
  "aws:ecs/service:Service": ({ name, input }) => `ecs:R:A:service/${lastPart(input("cluster")) || "default"}/${name}`,
  "aws:ecs/taskDefinition:TaskDefinition": ({ input, seed }) =>
    `ecs:R:A:task-definition/${input("family")}:${taskRevision(seed)}`,
  "aws:elasticache/parameterGroup:ParameterGroup": ({ name }) => `elasticache:R:A:parametergroup:${name}`,
  "aws:elasticache/replicationGroup:ReplicationGroup": ({ name }) => `elasticache:R:A:replicationgroup:${name}`,
  "aws:elasticache/subnetGroup:SubnetGroup": ({ name }) => `elasticache:R:A:subnetgroup:${name}`,
  "aws:iam/instanceProfile:InstanceProfile": ({ name, input }) =>
    `iam::A:instance-profile${input("path") || "/"}${name}`,
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ({ input }) =>
    `iam::A:oidc-provider/${input("url").replace(/^https:\/\//, "")}`,
  "aws:iam/policy:Policy": ({ name, input }) => `iam::A:policy${input("path") || "/"}${name}`,
  "aws:iam/role:Role": ({ name, input }) => `iam::A:role${input("path") || "/"}${name}`,
  "aws:kms/alias:Alias": ({ name }) => `kms:R:A:${name}`,
  "aws:kms/key:Key": ({ id }) => `kms:R:A:key/${id}`,
  "aws:lb/listener:Listener": ({ seed, input }) => `${balancer(input("loadBalancerArn"), "listener")}/${hex(seed, 16)}`,
  "aws:lb/listenerRule:ListenerRule": ({ seed, input }) =>
    `${balancer(input("listenerArn"), "listener-rule")}/${hex(seed, 16)}`,
  "aws:lb/loadBalancer:LoadBalancer": ({ seed, name, input }) =>
    `elasticloadbalancing:R:A:loadbalancer/${loadBalancerKinds[input("loadBalancerType")] ?? "app"}/${name}/${hex(seed, 16)}`,
  "aws:lb/targetGroup:TargetGroup": ({ seed, name }) => `elasticloadbalancing:R:A:targetgroup/${name}/${hex(seed, 16)}`,
  "aws:rds/instance:Instance": ({ seed, input }) => `rds:R:A:db:${databaseIdentifier(seed, input("identifier"))}`,
  "aws:rds/parameterGroup:ParameterGroup": ({ name }) => `rds:R:A:pg:${name}`,
  "aws:rds/subnetGroup:SubnetGroup": ({ name }) => `rds:R:A:subgrp:${name}`,
  "aws:route53/zone:Zone": ({ id }) => `route53:::hostedzone/${id}`,
  "aws:s3/bucket:Bucket": ({ name }) => `s3:::${name}`,
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ input }) => `s3:::${input("bucket")}/${input("key")}`,
  "aws:secretsmanager/secret:Secret": ({ seed, name }) => `secretsmanager:R:A:secret:${name}-${alphanumeric(seed, 6)}`,
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": ({ id }) => `servicediscovery:R:A:namespace/${id}`,
  "aws:servicediscovery/service:Service": ({ id }) => `servicediscovery:R:A:service/${id}`,
  "aws:sns/topic:Topic": ({ name }) => `sns:R:A:${name}`,
  "aws:sns/topicSubscription:TopicSubscription": ({ seed, input }) =>
    `${withoutPartition(input("topic"))}:${uuid(seed)}`,
  "aws:ssm/parameter:Parameter": ({ name }) => `ssm:R:A:parameter/${name.replace(/^\//, "")}`,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ({ id }) => `ec2:R:A:security-group-rule/${id}`,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ({ id }) => `ec2:R:A:security-group-rule/${id}`,
};

const loadBalancerKinds: Readonly<Record<string, string>> = { application: "app", network: "net", gateway: "gwy" };

/** The ARN that AWS would give, or undefined for a type that has none. */
export function arnOf(instance: Instance, place: Place): string | undefined {
  const { resource, inputs, seed } = instance;
  const input = (name: string): string => text(inputs[name]) ?? "";
  const name = input(nameProperty(resource.type) ?? "name") || resource.name;
  const form = forms[resource.type]?.({ seed, name, input, id: instance.id ?? "" });
  return form === undefined
    ? undefined
    : `arn:aws:${form}`.replace(
        /^(arn:aws:[a-z0-9-]+:)R?:A:/,
        (whole, head: string) => `${head}${whole.startsWith(`${head}R`) ? place.region : ""}:${place.account}:`,
      );
}

/** A task definition's number in its family, one above the highest that was seen of it. */
export function taskRevision(seed: string): number {
  return Math.max(0, ...seed.split("\n").map((life) => Number(/:task-definition\/.*:(\d+)$/.exec(life)?.[1] ?? 0))) + 1;
}

/** What RDS is called when the program gives no identifier (Terraform's own prefix). */
export function databaseIdentifier(seed: string, given: string): string {
  return given || `terraform-20260101000000${integer(seed, 100, 999)}00000001`;
}

function lastPart(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf("/") + 1);
}

function withoutPartition(arn: string): string {
  return arn.replace(/^arn:aws:/, "");
}

function balancer(arn: string, kind: string): string {
  return withoutPartition(arn).replace(/:(loadbalancer|listener)\//, `:${kind}/`);
}
