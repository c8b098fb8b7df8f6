import type { Value } from "../../policies/values.ts";

/** A safety setting of a rendered resource, a value that weakens it, and the one policy that must fire. */
export interface Guard {
  readonly type: RegExp;
  /** Of the property, with `[]` for any entry of a list. */
  readonly path: RegExp;
  /** null removes it. */
  readonly weak: Value;
  readonly policy: string;
}

const guards =
  (type: RegExp) =>
  (policy: string, path: RegExp, ...weak: readonly Value[]): readonly Guard[] =>
    weak.map((value) => ({ type, path, weak: value, policy }));

const workload = guards(/^kubernetes:apps\/v1:/);
const deployment = guards(/^kubernetes:apps\/v1:Deployment$/);
const stateful = guards(/^kubernetes:apps\/v1:StatefulSet$/);
const replaced = guards(/^kubernetes:apps\/v1:(StatefulSet|DaemonSet)$/);
const task = guards(/^aws:ecs\/taskDefinition:/);
const service = guards(/^aws:ecs\/service:/);
const targetGroup = guards(/^aws:lb\/targetGroup:/);
const container = guards(/^docker:index\/container:/);

/** Plain counting, which takes away what runs after thirty pushes. */
const expireAll: Value = {
  rulePriority: 1,
  selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 },
  action: { type: "expire" },
};

/** Written before the mutants are judged: what must be found, not what is. */
export const GUARDS: readonly Guard[] = [
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe$/, null, {}),
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe\.httpGet$/, null),
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe\.httpGet\.port$/, null, "nowhere"),
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe\.exec$/, null),
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe\.exec\.command$/, null, ["true"]),
  workload("require-probes", /\.containers\[\]\.startupProbe\.failureThreshold$/, 1),
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe\.timeoutSeconds$/, 3600),
  workload("require-read-only-root", /\.containers\[\]\.securityContext\.readOnlyRootFilesystem$/, null, false),
  workload("forbid-privileges", /\.containers\[\]\.securityContext\.privileged$/, true),
  workload("forbid-privileges", /\.containers\[\]\.securityContext\.allowPrivilegeEscalation$/, null, true),
  workload("forbid-privileges", /\.containers\[\]\.securityContext\.capabilities$/, null),
  workload("forbid-privileges", /\.containers\[\]\.securityContext\.capabilities\.drop$/, null, []),
  workload("require-non-root", /\.spec\.securityContext\.runAsUser$/, 0),
  workload("require-resources", /\.containers\[\]\.resources$/, null),
  workload("require-resources", /\.containers\[\]\.resources\.limits$/, null),
  workload("require-resources", /\.containers\[\]\.resources\.limits\.memory$/, null),
  workload("require-resources", /\.containers\[\]\.resources\.requests\.memory$/, "999Gi"),
  workload("require-pinned-images", /\.containers\[\]\.image$/, "ghcr.io/acme/api", "ghcr.io/acme/api:latest"),
  workload("require-tags", /^metadata\.labels$/, null),
  workload("require-rollback", /^spec\.revisionHistoryLimit$/, 0),
  deployment("require-rollback", /^spec\.progressDeadlineSeconds$/, null, 1),
  deployment("require-rollback", /^spec\.strategy\.type$/, "Recreate"),
  deployment("require-rollback", /^spec\.strategy\.rollingUpdate\.maxUnavailable$/, "100%"),
  deployment("require-replicas", /^spec\.template\.spec\.topologySpreadConstraints$/, null, []),
  replaced("require-rollback", /^spec\.updateStrategy\.type$/, "OnDelete"),
  replaced("require-rollback", /^spec\.updateStrategy\.rollingUpdate\.maxUnavailable$/, "100%"),
  stateful("require-deletion-protection", /^spec\.persistentVolumeClaimRetentionPolicy\.when\w+$/, "Delete"),
  guards(/^kubernetes:autoscaling\//)("require-replicas", /^spec\.minReplicas$/, null, 1),
  guards(/^kubernetes:policy\//)("require-rollback", /^spec\.maxUnavailable$/, 0),
  guards(/^kubernetes:core\/v1:ConfigMap$/)(
    "require-alert-route",
    /^data\.\w*alertmanager\.yml$/,
    "route: { receiver: nobody }",
  ),

  task("require-probes", /^containerDefinitions\[\]\.healthCheck$/, null),
  task("require-probes", /^containerDefinitions\[\]\.healthCheck\.command$/, null, ["NONE"], ["CMD-SHELL", "exit 0"]),
  task("require-non-root", /^containerDefinitions\[\]\.user$/, "root", "0:0"),
  task("require-read-only-root", /^containerDefinitions\[\]\.readonlyRootFilesystem$/, null, false),
  task("require-resources", /^containerDefinitions\[\]\.memory$/, null),
  task("require-pinned-images", /^containerDefinitions\[\]\.image$/, "ghcr.io/acme/api:latest"),
  task("require-probes", /^containerDefinitions\[\]\.healthCheck\.retries$/, 0),
  task("require-probes", /^containerDefinitions\[\]\.healthCheck\.timeout$/, 3600),
  task("require-resources", /^containerDefinitions\[\]\.memoryReservation$/, 999_999),
  task("forbid-privileges", /^containerDefinitions\[\]\.dockerSecurityOptions$/, null, []),
  task("forbid-privileges", /^containerDefinitions\[\]\.linuxParameters\.capabilities$/, null),
  task("forbid-privileges", /^containerDefinitions\[\]\.linuxParameters\.capabilities\.drop$/, null, []),
  task("require-tags", /^tags$/, null),
  service("require-rollback", /^deploymentCircuitBreaker$/, null),
  service("require-rollback", /^deploymentCircuitBreaker\.(enable|rollback)$/, null, false),
  service("require-rollback", /^deploymentMinimumHealthyPercent$/, 100),
  service("forbid-public-ingress", /^networkConfiguration\.assignPublicIp$/, true),
  service("require-tags", /^tags$/, null),
  guards(/^aws:appautoscaling\/target:/)("require-replicas", /^minCapacity$/, 1),
  targetGroup("require-probes", /^healthCheck$/, null),
  targetGroup("require-probes", /^healthCheck\.path$/, null),
  targetGroup("require-probes", /^healthCheck\.timeout$/, 3600),
  guards(/^aws:rds\/instance:/)("require-encryption-and-backups", /^storageEncrypted$/, null, false),
  guards(/^aws:rds\/instance:/)("require-encryption-and-backups", /^backupRetentionPeriod$/, null, 0),
  guards(/^aws:rds\/instance:/)("require-deletion-protection", /^deletionProtection$/, null, false),
  guards(/^aws:rds\/instance:/)("require-deletion-protection", /^skipFinalSnapshot$/, true),
  guards(/^aws:rds\/instance:/)("forbid-public-ingress", /^publiclyAccessible$/, true),
  guards(/^aws:vpc\/securityGroupIngressRule:/)("forbid-public-ingress", /^fromPort$/, 22),
  guards(/^aws:s3\/bucketPublicAccessBlock:/)(
    "forbid-public-ingress",
    /^(block|ignore|restrict)Public\w+$/,
    null,
    false,
  ),
  guards(/^aws:elasticache\//)("require-encryption-and-backups", /^(atRest|transit)EncryptionEnabled$/, null, false),
  guards(/^aws:elasticache\//)("require-encryption-and-backups", /^snapshotRetentionLimit$/, null, 0),
  guards(/^aws:ebs\/volume:/)("require-encryption-and-backups", /^encrypted$/, null, false),
  guards(/^aws:lb\/loadBalancer:/)("require-deletion-protection", /^enableDeletionProtection$/, null, false),
  guards(/^aws:s3\/bucket:/)("require-deletion-protection", /^forceDestroy$/, true),
  guards(/^aws:cloudwatch\/logGroup:/)("require-log-retention", /^retentionInDays$/, null, 0),
  guards(/^aws:cloudwatch\/metricAlarm:/)("require-alert-route", /^alarmActions$/, null, []),
  guards(/^aws:ecr\/repository:/)("require-image-retention", /^imageTagMutability$/, null, "MUTABLE"),
  guards(/^aws:ecr\/repository:/)(
    "require-image-retention",
    /^imageTagMutabilityExclusionFilters\[\]\.filter$/,
    "*",
    "release-*",
  ),
  guards(/^aws:ecr\/repository:/)("require-tags", /^tags$/, null),
  guards(/^aws:ecr\/lifecyclePolicy:/)("require-image-retention", /^policy$/, null, "no JSON"),
  guards(/^aws:ecr\/lifecyclePolicy:/)("require-image-retention", /^policy\.rules$/, null, [], [expireAll]),
  guards(/^aws:ecr\/lifecyclePolicy:/)("require-image-retention", /^policy\.rules\[\]\.rulePriority$/, 2, 0),
  guards(/^aws:ecr\/lifecyclePolicy:/)(
    "require-image-retention",
    /^policy\.rules\[\]\.selection\.tagStatus$/,
    "any",
    "untagged",
  ),
  guards(/^aws:ecr\/lifecyclePolicy:/)(
    "require-image-retention",
    /^policy\.rules\[\]\.selection\.tagPatternList$/,
    null,
    ["-x"],
    ["*"],
  ),

  container("require-probes", /^healthcheck$/, null),
  container("require-probes", /^healthcheck\.tests$/, null, [], ["NONE"], ["CMD", "true"]),
  container("require-probes", /^healthcheck\.timeout$/, "3600s"),
  container("require-rollback", /^wait$/, null, false),
  container("require-rollback", /^waitTimeout$/, null),
  container("require-rollback", /^restart$/, null, "no"),
  container("require-non-root", /^user$/, null, "root"),
  container("require-read-only-root", /^readOnly$/, null, false),
  container("require-resources", /^memory$/, null),
  container("forbid-privileges", /^capabilities$/, null),
  container("forbid-privileges", /^capabilities\.drops$/, null, []),
  container("forbid-privileges", /^securityOpts$/, null, []),
  container("forbid-public-ingress", /^ports\[\]\.ip$/, null, "0.0.0.0"),
  container("require-tags", /^labels$/, null),
  guards(/^docker:index\/remoteImage:/)("require-image-retention", /^keepLocally$/, null, false),
  guards(/^docker:index\/remoteImage:/)("require-pinned-images", /^name$/, "ghcr.io/acme/api:latest"),
].flat();
