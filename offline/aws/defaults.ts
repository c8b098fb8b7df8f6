import type { Properties } from "../value.ts";

const defaults: Readonly<Record<string, Properties>> = {
  "aws:ec2/vpc:Vpc": { enableDnsSupport: true, instanceTenancy: "default" },
  "aws:ec2/subnet:Subnet": { mapPublicIpOnLaunch: false, assignIpv6AddressOnCreation: false },
  "aws:lb/loadBalancer:LoadBalancer": {
    idleTimeout: 60,
    loadBalancerType: "application",
    enableDeletionProtection: false,
  },
  "aws:lb/targetGroup:TargetGroup": { deregistrationDelay: "300", slowStart: 0, targetType: "instance" },
  "aws:ecs/service:Service": {
    schedulingStrategy: "REPLICA",
    deploymentMinimumHealthyPercent: 100,
    deploymentMaximumPercent: 200,
    enableEcsManagedTags: false,
  },
  "aws:ecr/repository:Repository": { imageTagMutability: "MUTABLE" },
  "aws:iam/role:Role": { path: "/", maxSessionDuration: 3600, forceDetachPolicies: false },
  "aws:iam/policy:Policy": { path: "/" },
  "aws:kms/key:Key": { isEnabled: true, keyUsage: "ENCRYPT_DECRYPT", customerMasterKeySpec: "SYMMETRIC_DEFAULT" },
  "aws:rds/instance:Instance": {
    autoMinorVersionUpgrade: true,
    copyTagsToSnapshot: false,
    deletionProtection: false,
    skipFinalSnapshot: false,
  },
  "aws:secretsmanager/secret:Secret": { recoveryWindowInDays: 30 },
};

/** Defaults of terraform-provider-aws: known at preview, read by programs, and no change when they are stated. */
export function knownOutputs(type: string): Properties {
  return defaults[type] ?? {};
}

/** The same inside of objects, by path. */
const nested: Readonly<Record<string, Properties>> = {
  "aws:ecs/service:Service": { "deploymentController.type": "ECS" },
};

/** What a missing input means, by path. */
export function inputDefaults(type: string): Properties {
  return { ...knownOutputs(type), ...nested[type] };
}
