import { ask, type Complaint } from "./ask.ts";
import { type Context, type Finding, judged, notApplicable, type Policy, type ResourceRule } from "./policy.ts";
import { REQUIRE_DELETION_PROTECTION_EXAMPLES } from "./require-deletion-protection.examples.ts";
import { at, flag, type Node, rootOf, text } from "./values.ts";

const PAGE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html";

const complaint = (problem: string, repair: string): Complaint => ({ problem, repair, url: PAGE });

const isOn = (root: Node, key: string, what: string): readonly Finding[] =>
  ask(
    at(root, key),
    (value) => flag(value) === true,
    complaint(`${key} is not true: ${what} goes with one wrong command`, `${key}: true`),
  );

const isOff = (root: Node, key: string, what: string): readonly Finding[] =>
  ask(at(root, key), (value) => flag(value) !== true, complaint(`${key} is true: ${what}`, `${key}: false`));

/** Judges in production only: elsewhere a stack is meant to be thrown away. */
const rule = (types: readonly string[], asks: string, judge: (root: Node) => readonly Finding[]): ResourceRule => ({
  types,
  asks: `in production: ${asks}`,
  leavesAlone: "stacks of development and staging",
  judge: ({ properties }, { environment }: Context) =>
    environment === "production"
      ? judged(judge(rootOf(properties)))
      : notApplicable(`the stack is ${environment}, which may be thrown away`),
});

const RULES: readonly ResourceRule[] = [
  rule(
    [
      "aws:rds/instance:Instance",
      "aws:rds/cluster:Cluster",
      "aws:docdb/cluster:Cluster",
      "aws:neptune/cluster:Cluster",
    ],
    "`deletionProtection`, and no `skipFinalSnapshot: true`",
    (root) => [
      ...isOn(root, "deletionProtection", "the database"),
      ...isOff(root, "skipFinalSnapshot", "the database is deleted without a last snapshot"),
    ],
  ),
  rule(["aws:dynamodb/table:Table"], "`deletionProtectionEnabled`", (root) =>
    isOn(root, "deletionProtectionEnabled", "the table"),
  ),
  rule(
    ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"],
    "`enableDeletionProtection`",
    (root) => isOn(root, "enableDeletionProtection", "the load balancer, and the address that customers know,"),
  ),
  rule(["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"], "no `forceDestroy: true`", (root) =>
    isOff(root, "forceDestroy", "the bucket is deleted with all that is in it"),
  ),
  rule(["aws:ecr/repository:Repository"], "no `forceDelete: true`", (root) =>
    isOff(root, "forceDelete", "the repository is deleted with the images that a rollback needs"),
  ),
  rule(["kubernetes:apps/v1:StatefulSet"], "no `persistentVolumeClaimRetentionPolicy` with Delete", (root) =>
    ["whenDeleted", "whenScaled"].flatMap((key) =>
      ask(at(root, "spec", "persistentVolumeClaimRetentionPolicy", key), (policy) => text(policy) !== "Delete", {
        problem: `persistentVolumeClaimRetentionPolicy.${key} is Delete: the data goes with the pods`,
        repair: `persistentVolumeClaimRetentionPolicy: { ${key}: "Retain" }`,
        url: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention",
      }),
    ),
  ),
];

/** What production cannot get back is not deleted by accident. */
export const requireDeletionProtection: Policy = {
  name: "require-deletion-protection",
  displayName: "Production is not deleted by accident",
  severity: "high",
  concern: "hygiene",
  description: "In production, what holds data or is a customer's address is protected from deletion.",
  why: "A renamed resource, a wrong stack or a tired evening is enough to replace a database. Protection turns that into an error message.",
  remedies: [
    { step: "RDS", code: "deletionProtection: true, skipFinalSnapshot: false" },
    { step: "Load balancer", code: "enableDeletionProtection: true" },
    { step: "S3 and ECR", code: "forceDestroy: false" },
  ],
  url: PAGE,
  counterparts: [
    { tool: "checkov", rules: ["CKV_AWS_293", "CKV_AWS_139", "CKV_AWS_150"] },
    { tool: "Security Hub", rules: ["RDS.7", "RDS.8", "ELB.6", "DynamoDB.6"] },
  ],
  parameters: [],
  resourceRules: RULES,
  stackRules: [],
  examples: REQUIRE_DELETION_PROTECTION_EXAMPLES,
};
