import type { DiffRules } from "../diff.ts";
import { loadTable } from "../schema/load.ts";
import { inputDefaults } from "./defaults.ts";

/**
 * What replaces a resource: the attributes with `ForceNew` (or the plan modifier RequiresReplace) in
 * terraform-provider-aws v6, internal/service/<service>/<resource>.go, under their Pulumi names. `*` stands for a
 * resource that is never updated but for the properties named after it. Every type replaces for `region`.
 */
const replaced: Readonly<
  Record<string, { readonly forcesNew: readonly string[]; readonly updatable?: readonly string[] }>
> = {
  "aws:acm/certificate:Certificate": {
    forcesNew: ["*"],
    updatable: ["tags", "options", "privateKey", "certificateBody", "certificateChain", "earlyRenewalDuration"],
  },
  "aws:acm/certificateValidation:CertificateValidation": { forcesNew: ["*"] },
  "aws:appautoscaling/policy:Policy": { forcesNew: ["name", "resourceId", "scalableDimension", "serviceNamespace"] },
  "aws:appautoscaling/target:Target": { forcesNew: ["resourceId", "scalableDimension", "serviceNamespace"] },
  "aws:autoscaling/group:Group": { forcesNew: ["name", "namePrefix", "availabilityZones", "placementGroup"] },
  "aws:autoscaling/policy:Policy": { forcesNew: ["name", "autoscalingGroupName"] },
  "aws:backup/plan:Plan": { forcesNew: [] },
  "aws:backup/selection:Selection": { forcesNew: ["*"] },
  "aws:backup/vault:Vault": { forcesNew: ["name", "kmsKeyArn"] },
  "aws:cloudwatch/eventRule:EventRule": { forcesNew: ["name", "namePrefix", "eventBusName"] },
  "aws:cloudwatch/eventTarget:EventTarget": { forcesNew: ["rule", "targetId", "eventBusName"] },
  "aws:cloudwatch/logGroup:LogGroup": { forcesNew: ["name", "namePrefix", "logGroupClass"] },
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": { forcesNew: ["policyName", "resourceArn"] },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { forcesNew: ["name"] },
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": { forcesNew: ["defaultPolicy"] },
  "aws:ebs/volume:Volume": {
    forcesNew: [
      "availabilityZone",
      "encrypted",
      "kmsKeyId",
      "multiAttachEnabled",
      "outpostArn",
      "snapshotId",
      "volumeInitializationRate",
    ],
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": { forcesNew: ["vpcId"] },
  "aws:ec2/eip:Eip": {
    forcesNew: ["address", "customerOwnedIpv4Pool", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"],
  },
  "aws:ec2/flowLog:FlowLog": { forcesNew: ["*"], updatable: ["tags"] },
  "aws:ec2/instance:Instance": {
    forcesNew: [
      "ami",
      "availabilityZone",
      "keyName",
      "subnetId",
      "placementGroup",
      "tenancy",
      "hibernation",
      "ebsBlockDevices",
      "privateIp",
    ],
  },
  "aws:ec2/internetGateway:InternetGateway": { forcesNew: [] },
  "aws:ec2/launchTemplate:LaunchTemplate": { forcesNew: ["name", "namePrefix"] },
  "aws:ec2/natGateway:NatGateway": {
    forcesNew: ["allocationId", "connectivityType", "privateIp", "subnetId", "vpcId", "availabilityMode"],
  },
  "aws:ec2/route:Route": {
    forcesNew: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"],
  },
  "aws:ec2/routeTable:RouteTable": { forcesNew: ["vpcId"] },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { forcesNew: ["subnetId", "gatewayId"] },
  "aws:ec2/securityGroup:SecurityGroup": { forcesNew: ["name", "namePrefix", "description", "vpcId"] },
  "aws:ec2/securityGroupRule:SecurityGroupRule": { forcesNew: ["*"], updatable: ["description"] },
  "aws:ec2/subnet:Subnet": {
    forcesNew: [
      "availabilityZone",
      "availabilityZoneId",
      "cidrBlock",
      "ipv4IpamPoolId",
      "ipv4NetmaskLength",
      "ipv6IpamPoolId",
      "ipv6Native",
      "ipv6NetmaskLength",
      "outpostArn",
      "vpcId",
    ],
  },
  "aws:ec2/vpc:Vpc": { forcesNew: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"] },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    forcesNew: [
      "resourceConfigurationArn",
      "serviceName",
      "serviceNetworkArn",
      "serviceRegion",
      "vpcEndpointType",
      "vpcId",
    ],
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": { forcesNew: ["repository"] },
  "aws:ecr/repository:Repository": { forcesNew: ["name", "encryptionConfigurations"] },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": { forcesNew: ["repository"] },
  "aws:ecs/accountSettingDefault:AccountSettingDefault": { forcesNew: ["name"] },
  "aws:ecs/capacityProvider:CapacityProvider": {
    forcesNew: ["name", "cluster", "autoScalingGroupProvider.autoScalingGroupArn"],
  },
  "aws:ecs/cluster:Cluster": { forcesNew: ["name"] },
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": { forcesNew: ["clusterName"] },
  "aws:ecs/service:Service": {
    forcesNew: ["cluster", "deploymentController.type", "iamRole", "launchType", "name", "schedulingStrategy"],
  },
  // A revision cannot be changed: every property is ForceNew, tags excepted.
  "aws:ecs/taskDefinition:TaskDefinition": { forcesNew: ["*"], updatable: ["tags"] },
  "aws:elasticache/parameterGroup:ParameterGroup": { forcesNew: ["name", "family", "description"] },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    forcesNew: [
      "atRestEncryptionEnabled",
      "dataTieringEnabled",
      "globalReplicationGroupId",
      "kmsKeyId",
      "networkType",
      "port",
      "nodeGroupConfigurations",
      "replicationGroupId",
      "securityGroupNames",
      "snapshotArns",
      "snapshotName",
      "subnetGroupName",
    ],
  },
  "aws:elasticache/subnetGroup:SubnetGroup": { forcesNew: ["name"] },
  "aws:iam/instanceProfile:InstanceProfile": { forcesNew: ["name", "namePrefix", "path"] },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": { forcesNew: ["url"] },
  "aws:iam/policy:Policy": { forcesNew: ["name", "namePrefix", "description", "path"] },
  "aws:iam/role:Role": { forcesNew: ["name", "namePrefix", "path"] },
  "aws:iam/rolePolicy:RolePolicy": { forcesNew: ["name", "namePrefix", "role"] },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { forcesNew: ["policyArn", "role"] },
  "aws:kms/alias:Alias": { forcesNew: ["name", "namePrefix"] },
  "aws:kms/key:Key": {
    forcesNew: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
  },
  "aws:lb/listener:Listener": { forcesNew: ["loadBalancerArn"] },
  "aws:lb/listenerRule:ListenerRule": { forcesNew: ["listenerArn"] },
  "aws:lb/loadBalancer:LoadBalancer": {
    forcesNew: ["name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool"],
  },
  "aws:lb/targetGroup:TargetGroup": {
    forcesNew: [
      "name",
      "namePrefix",
      "ipAddressType",
      "port",
      "protocol",
      "protocolVersion",
      "targetControlPort",
      "targetType",
      "vpcId",
    ],
  },
  "aws:rds/instance:Instance": {
    forcesNew: [
      "availabilityZone",
      "backupTarget",
      "characterSetName",
      "customIamInstanceProfile",
      "dbName",
      "engine",
      "identifierPrefix",
      "kmsKeyId",
      "ncharCharacterSetName",
      "restoreToPointInTime",
      "s3Import",
      "snapshotIdentifier",
      "storageEncrypted",
      "timezone",
      "username",
    ],
  },
  "aws:rds/parameterGroup:ParameterGroup": { forcesNew: ["name", "namePrefix", "family", "description"] },
  "aws:rds/subnetGroup:SubnetGroup": { forcesNew: ["name", "namePrefix"] },
  "aws:route53/record:Record": { forcesNew: ["name", "setIdentifier", "type", "zoneId"] },
  "aws:route53/zone:Zone": { forcesNew: ["name", "delegationSetId"] },
  "aws:s3/bucket:Bucket": { forcesNew: ["bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled"] },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": { forcesNew: ["bucket", "expectedBucketOwner"] },
  "aws:s3/bucketObjectv2:BucketObjectv2": { forcesNew: ["bucket", "key"] },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": { forcesNew: ["bucket"] },
  "aws:s3/bucketPolicy:BucketPolicy": { forcesNew: ["bucket"] },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": { forcesNew: ["bucket"] },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    forcesNew: ["bucket", "expectedBucketOwner"],
  },
  "aws:s3/bucketVersioning:BucketVersioning": { forcesNew: ["bucket", "expectedBucketOwner"] },
  "aws:secretsmanager/secret:Secret": { forcesNew: ["name", "namePrefix"] },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    forcesNew: ["secretId", "secretBinary", "secretString", "secretStringWoVersion"],
  },
  "aws:servicediscovery/instance:Instance": { forcesNew: ["instanceId", "serviceId"] },
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": { forcesNew: ["name", "vpc"] },
  "aws:servicediscovery/service:Service": {
    forcesNew: [
      "name",
      "namespaceId",
      "dnsConfig.namespaceId",
      "dnsConfig.routingPolicy",
      "healthCheckCustomConfig",
      "type",
    ],
  },
  "aws:sns/topic:Topic": { forcesNew: ["name", "namePrefix", "fifoTopic"] },
  "aws:sns/topicPolicy:TopicPolicy": { forcesNew: ["arn"] },
  "aws:sns/topicSubscription:TopicSubscription": { forcesNew: ["endpoint", "protocol", "topic"] },
  "aws:ssm/parameter:Parameter": { forcesNew: ["name", "dataType"] },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { forcesNew: ["securityGroupId"] },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { forcesNew: ["securityGroupId"] },
};

/** Lists of Terraform's schema, where order counts; all others are sets. */
const ordered = ["defaultActions", "actions", "rules", "steps", "nodeGroupConfigurations", "records"];

/** How changes of a type are judged; a type that is not listed is updated in place. */
export function awsRules(type: string): DiffRules {
  const known = replaced[type];
  return {
    forcesNew: ["region", ...(known?.forcesNew ?? [])],
    ...(known?.updatable === undefined ? {} : { updatable: known.updatable }),
    sets: ["*"],
    ordered,
    defaults: inputDefaults(type),
    kept: Object.keys(loadTable("aws").resources[type]?.computed ?? {}),
  };
}
