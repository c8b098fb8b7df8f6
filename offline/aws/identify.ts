import { alphanumeric, hex, integer, uuid } from "../identity.ts";
import type { Instance } from "../model.ts";
import { type Properties, text } from "../value.ts";
import { arnOf } from "./arn.ts";
import { nameProperty } from "./naming.ts";
import type { Place } from "./settings.ts";

/** Prefixes of ids of 17 hexadecimal digits. */
const prefixes: Readonly<Record<string, string>> = {
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": "policy",
  "aws:ebs/volume:Volume": "vol",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "sg",
  "aws:ec2/eip:Eip": "eipalloc",
  "aws:ec2/flowLog:FlowLog": "fl",
  "aws:ec2/instance:Instance": "i",
  "aws:ec2/internetGateway:InternetGateway": "igw",
  "aws:ec2/launchTemplate:LaunchTemplate": "lt",
  "aws:ec2/natGateway:NatGateway": "nat",
  "aws:ec2/routeTable:RouteTable": "rtb",
  "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc",
  "aws:ec2/securityGroup:SecurityGroup": "sg",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/vpc:Vpc": "vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
};

/** Types whose id is the ARN. */
const byArn: ReadonlySet<string> = new Set([
  "aws:acm/certificate:Certificate",
  "aws:ecs/capacityProvider:CapacityProvider",
  "aws:ecs/cluster:Cluster",
  "aws:ecs/service:Service",
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  "aws:iam/policy:Policy",
  "aws:lb/listener:Listener",
  "aws:lb/listenerRule:ListenerRule",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:lb/targetGroup:TargetGroup",
  "aws:secretsmanager/secret:Secret",
  "aws:sns/topic:Topic",
  "aws:sns/topicSubscription:TopicSubscription",
]);

/** Types whose id is one of their inputs. */
const byInput: Readonly<Record<string, string>> = {
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyName",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": "repository",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "repository",
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "clusterName",
  "aws:ecs/taskDefinition:TaskDefinition": "family",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "bucket",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "bucket",
  "aws:s3/bucketPolicy:BucketPolicy": "bucket",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "bucket",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "bucket",
  "aws:s3/bucketVersioning:BucketVersioning": "bucket",
  "aws:servicediscovery/instance:Instance": "instanceId",
  "aws:sns/topicPolicy:TopicPolicy": "arn",
  "aws:appautoscaling/target:Target": "resourceId",
  "aws:autoscaling/group:Group": "name",
  "aws:ssm/parameter:Parameter": "name",
};

type Special = (seed: string, input: (name: string) => string, inputs: Properties) => string;

const special: Readonly<Record<string, Special>> = {
  "aws:acm/certificateValidation:CertificateValidation": () => "2026-01-01 00:00:00 +0000 UTC",
  "aws:backup/plan:Plan": uuid,
  "aws:backup/selection:Selection": uuid,
  "aws:cloudwatch/eventTarget:EventTarget": (seed, input) => `${input("rule")}-${input("targetId") || hex(seed, 26)}`,
  "aws:ec2/route:Route": (_seed, input) =>
    `r-${input("routeTableId")}${integer(input("destinationCidrBlock") + input("destinationIpv6CidrBlock"), 1e8, 4e9)}`,
  "aws:ec2/securityGroupRule:SecurityGroupRule": (seed) => `sgrule-${integer(seed, 1e8, 4e9)}`,
  "aws:iam/rolePolicy:RolePolicy": (_seed, input) => `${input("role")}:${input("name")}`,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (_seed, input) => `${input("role")}/${input("policyArn")}`,
  "aws:kms/key:Key": uuid,
  "aws:rds/instance:Instance": (seed) => `db-${alphanumeric(seed, 26).toUpperCase()}`,
  "aws:route53/record:Record": (_seed, input) => `${input("zoneId")}_${input("name")}_${input("type")}`,
  "aws:route53/zone:Zone": (seed) => `Z${alphanumeric(seed, 20).toUpperCase()}`,
  "aws:s3/bucketObjectv2:BucketObjectv2": (_seed, input) => `${input("bucket")}/${input("key")}`,
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": (seed) => `ns-${alphanumeric(seed, 16)}`,
  "aws:servicediscovery/service:Service": (seed) => `srv-${alphanumeric(seed, 16)}`,
};

/** An id in the form that AWS gives this type. */
export function identify(instance: Instance, place: Place): string {
  const { resource, inputs, seed } = instance;
  const { type } = resource;
  const input = (name: string): string => text(inputs[name]) ?? "";
  const prefix = prefixes[type];
  if (prefix !== undefined) {
    return `${prefix}-0${hex(seed, 16)}`;
  }
  if (byArn.has(type)) {
    return arnOf(instance, place) ?? hex(seed, 20);
  }
  if (type === "aws:secretsmanager/secretVersion:SecretVersion") {
    return `${input("secretId")}|${uuid(seed)}`;
  }
  const name = input(byInput[type] ?? nameProperty(type) ?? "name");
  return special[type]?.(seed, input, inputs) ?? (name || hex(seed, 20));
}
