import type { Example } from "./policy.ts";
import type { Properties } from "./values.ts";

const resource =
  (type: string, name: string) =>
  (properties: Properties): Example["bad"][number] => ({ type, name, properties });

const database = resource("aws:rds/instance:Instance", "database");
const table = resource("aws:dynamodb/table:Table", "orders");
const balancer = resource("aws:lb/loadBalancer:LoadBalancer", "gateway");
const bucket = resource("aws:s3/bucket:Bucket", "logs");
const repository = resource("aws:ecr/repository:Repository", "backend");
const statefulSet = resource("kubernetes:apps/v1:StatefulSet", "database");

export const REQUIRE_DELETION_PROTECTION_EXAMPLES: readonly Example[] = [
  {
    title: "RDS: gone without a snapshot",
    bad: [database({ engine: "postgres", skipFinalSnapshot: true })],
    good: [database({ engine: "postgres", deletionProtection: true, finalSnapshotIdentifier: "database-final" })],
  },
  {
    title: "AWS: a load balancer and a table that one command deletes",
    bad: [balancer({ internal: false }), table({ hashKey: "id" })],
    good: [
      balancer({ internal: false, enableDeletionProtection: true }),
      table({ hashKey: "id", deletionProtectionEnabled: true }),
    ],
  },
  {
    title: "AWS: a bucket and a repository that go with what is in them",
    bad: [bucket({ forceDestroy: true }), repository({ name: "backend", forceDelete: true })],
    good: [bucket({}), repository({ name: "backend" })],
  },
  {
    title: "Kubernetes: data that goes with its pods",
    bad: [statefulSet({ spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } } })],
    good: [statefulSet({ spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain" } } })],
  },
];
