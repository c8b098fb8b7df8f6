import { ask } from "./ask.ts";
import {
  type Context,
  type Finding,
  judged,
  notApplicable,
  type Parameter,
  type Policy,
  type Resource,
  type ResourceRule,
  type Verdict,
} from "./policy.ts";
import { REQUIRE_ENCRYPTION_AND_BACKUPS_EXAMPLES } from "./require-encryption-and-backups.examples.ts";
import { at, flag, isAbsent, type Node, number, rootOf } from "./values.ts";

const PAGE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html";

const BACKUP_DAYS: Parameter = {
  name: "minimumBackupDays",
  description:
    "For how many days a database's automatic backups are kept at least; 7 is Security Hub's number (RDS.11).",
  minimum: 1,
  maximum: 35,
  default: 7,
};

const encrypted = (root: Node, key: string, what: string): readonly Finding[] =>
  ask(at(root, key), (value) => flag(value) === true, {
    problem: `${key} is not true: ${what} is not encrypted, and cannot be afterwards`,
    repair: `${key}: true`,
    url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
  });

const kept = (root: Node, key: string, days: number): readonly Finding[] =>
  ask(at(root, key), (value) => (number(value) ?? 0) >= days, {
    problem: `${key} is less than ${days} day${days === 1 ? "" : "s"}: what is lost unnoticed over a weekend is lost`,
    repair: `${key}: ${days}`,
    url: PAGE,
  });

/** A replica is backed up, and encrypted, as what it copies. */
function judgeDatabase({ properties }: Resource, { setting }: Context): Verdict {
  const root = rootOf(properties);
  if (["replicateSourceDb", "replicationSourceIdentifier"].some((key) => !isAbsent(at(root, key)))) {
    return notApplicable("a replica is encrypted and backed up as what it copies");
  }
  return judged([
    ...encrypted(root, "storageEncrypted", "the database's storage"),
    ...kept(root, "backupRetentionPeriod", setting(BACKUP_DAYS)),
  ]);
}

const judgeCache = ({ properties }: Resource): Verdict => {
  const root = rootOf(properties);
  return judged([
    ...encrypted(root, "atRestEncryptionEnabled", "what the cache writes"),
    ...encrypted(root, "transitEncryptionEnabled", "what goes to and from the cache"),
    ...kept(root, "snapshotRetentionLimit", 1),
  ]);
};

const judgeTable = ({ properties }: Resource): Verdict =>
  judged(
    ask(at(rootOf(properties), "pointInTimeRecovery", "enabled"), (value) => flag(value) === true, {
      problem: "pointInTimeRecovery is not enabled: the table has no backup",
      repair: "pointInTimeRecovery: { enabled: true }",
      url: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html",
    }),
  );

const RULES: readonly ResourceRule[] = [
  {
    types: [
      "aws:rds/instance:Instance",
      "aws:rds/cluster:Cluster",
      "aws:docdb/cluster:Cluster",
      "aws:neptune/cluster:Cluster",
    ],
    asks: "`storageEncrypted` and a `backupRetentionPeriod` of at least `minimumBackupDays`",
    leavesAlone: "replicas",
    judge: judgeDatabase,
  },
  {
    types: ["aws:elasticache/replicationGroup:ReplicationGroup"],
    asks: "`atRestEncryptionEnabled`, `transitEncryptionEnabled` and a `snapshotRetentionLimit` of at least 1",
    judge: judgeCache,
  },
  {
    types: ["aws:dynamodb/table:Table"],
    asks: "`pointInTimeRecovery.enabled` (a table is always encrypted)",
    judge: judgeTable,
  },
  {
    types: ["aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem"],
    asks: "`encrypted`",
    judge: ({ properties }) => judged(encrypted(rootOf(properties), "encrypted", "the volume")),
  },
];

/** What a database holds can be read by its owner only, and can be brought back. */
export const requireEncryptionAndBackups: Policy = {
  name: "require-encryption-and-backups",
  displayName: "Data is encrypted and backed up",
  severity: "high",
  concern: "hygiene",
  description: "Databases, caches and volumes are encrypted; databases and caches have automatic backups.",
  why: "A wrong migration or a deleted table is put right from a backup or not at all. And storage that was made without encryption can only be encrypted by copying it.",
  remedies: [
    { step: "RDS", code: "storageEncrypted: true, backupRetentionPeriod: 7" },
    {
      step: "ElastiCache",
      code: "atRestEncryptionEnabled: true, transitEncryptionEnabled: true, snapshotRetentionLimit: 7",
    },
    { step: "DynamoDB", code: "pointInTimeRecovery: { enabled: true }" },
  ],
  url: PAGE,
  counterparts: [
    {
      tool: "checkov",
      rules: [
        "CKV_AWS_16",
        "CKV_AWS_96",
        "CKV_AWS_133",
        "CKV_AWS_29",
        "CKV_AWS_30",
        "CKV_AWS_28",
        "CKV_AWS_3",
        "CKV_AWS_42",
      ],
    },
    {
      tool: "Security Hub",
      rules: [
        "RDS.3",
        "RDS.11",
        "RDS.27",
        "ElastiCache.1",
        "ElastiCache.4",
        "ElastiCache.5",
        "DynamoDB.2",
        "EC2.3",
        "EFS.1",
      ],
    },
  ],
  parameters: [BACKUP_DAYS],
  resourceRules: RULES,
  stackRules: [],
  examples: REQUIRE_ENCRYPTION_AND_BACKUPS_EXAMPLES,
};
