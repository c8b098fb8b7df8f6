import type { Example } from "./policy.ts";
import type { Properties } from "./values.ts";

const resource =
  (type: string, name: string) =>
  (properties: Properties): Example["bad"][number] => ({ type, name, properties });

const database = resource("aws:rds/instance:Instance", "database");
const cache = resource("aws:elasticache/replicationGroup:ReplicationGroup", "cache");
const table = resource("aws:dynamodb/table:Table", "orders");
const volume = resource("aws:ebs/volume:Volume", "data");

export const REQUIRE_ENCRYPTION_AND_BACKUPS_EXAMPLES: readonly Example[] = [
  {
    title: "RDS: backups of a day, in the clear",
    bad: [database({ engine: "postgres", backupRetentionPeriod: 1 })],
    good: [database({ engine: "postgres", backupRetentionPeriod: 7, storageEncrypted: true })],
  },
  {
    title: "ElastiCache: nothing said",
    bad: [cache({ engine: "valkey" })],
    good: [
      cache({
        engine: "valkey",
        atRestEncryptionEnabled: true,
        transitEncryptionEnabled: true,
        snapshotRetentionLimit: 7,
      }),
    ],
  },
  {
    title: "DynamoDB: no way back",
    bad: [table({ hashKey: "id" })],
    good: [table({ hashKey: "id", pointInTimeRecovery: { enabled: true } })],
  },
  { title: "EBS: in the clear", bad: [volume({ size: 100 })], good: [volume({ size: 100, encrypted: true })] },
];
