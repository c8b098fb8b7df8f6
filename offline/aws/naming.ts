import { loadTable } from "../schema/load.ts";

/** Names by another property than `name` (resources.go of pulumi-aws, AutoNameTransform, and its tests). */
const otherProperty: Readonly<Record<string, string | undefined>> = {
  "aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId",
  "aws:s3/bucket:Bucket": "bucket",
  // Not automatic: the alias must start with `alias/`, the setting's name is an enumeration.
  "aws:ecs/accountSettingDefault:AccountSettingDefault": undefined,
};

/** The property that gets an automatic name, if the type has one: an optional name that the provider computes. */
export function nameProperty(type: string): string | undefined {
  if (type in otherProperty) {
    return otherProperty[type];
  }
  const entry = loadTable("aws").resources[type];
  const optional = entry?.inputs.name?.startsWith("*") === false;
  return optional && entry.computed.name !== undefined ? "name" : undefined;
}

/** The longest name where AWS allows less than the name of a resource plus suffix usually takes. */
const longest: Readonly<Record<string, number>> = {
  "aws:lb/loadBalancer:LoadBalancer": 32,
  "aws:lb/targetGroup:TargetGroup": 32,
  "aws:elasticache/replicationGroup:ReplicationGroup": 40,
  "aws:s3/bucket:Bucket": 63,
  "aws:iam/role:Role": 64,
};

const lowercase: ReadonlySet<string> = new Set([
  "aws:s3/bucket:Bucket",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:elasticache/parameterGroup:ParameterGroup",
  "aws:elasticache/subnetGroup:SubnetGroup",
  "aws:rds/parameterGroup:ParameterGroup",
  "aws:rds/subnetGroup:SubnetGroup",
  "aws:ecr/repository:Repository",
]);

/** `<name>-<7 hexadecimal digits>`, as the bridge does it: the resource's own name is cut, never the suffix. */
export function automaticName(type: string, name: string, suffix: string): string {
  const kept = name.slice(0, (longest[type] ?? 255) - suffix.length - 1);
  const full = `${lowercase.has(type) ? kept.toLowerCase() : kept}-${suffix}`;
  return type === "aws:kms/alias:Alias" ? `alias/${full}` : full;
}
