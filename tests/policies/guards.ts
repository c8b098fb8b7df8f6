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
const task = guards(/^aws:ecs\/taskDefinition:/);
const service = guards(/^aws:ecs\/service:/);
const targetGroup = guards(/^aws:lb\/targetGroup:/);
const container = guards(/^docker:index\/container:/);

/** Written before the mutants are judged: what must be found, not what is. */
export const GUARDS: readonly Guard[] = [
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe$/, null, {}),
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe\.httpGet$/, null),
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe\.httpGet\.port$/, null, "nowhere"),
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe\.exec\.command$/, null, ["true"]),
  workload("require-probes", /\.containers\[\]\.(liveness|readiness)Probe\.timeoutSeconds$/, 3600),
  workload("require-read-only-root", /\.containers\[\]\.securityContext\.readOnlyRootFilesystem$/, null, false),
  workload("forbid-privileges", /\.containers\[\]\.securityContext\.privileged$/, true),
  workload("forbid-privileges", /\.containers\[\]\.securityContext\.allowPrivilegeEscalation$/, null, true),
  workload("forbid-privileges", /\.containers\[\]\.securityContext\.capabilities\.drop$/, null, []),
  workload("require-non-root", /\.spec\.securityContext\.runAsUser$/, 0),
  workload("require-resources", /\.containers\[\]\.resources$/, null),
  workload("require-resources", /\.containers\[\]\.resources\.limits\.memory$/, null),
  workload("require-resources", /\.containers\[\]\.resources\.requests\.memory$/, "999Gi"),
  workload("require-pinned-images", /\.containers\[\]\.image$/, "ghcr.io/acme/api", "ghcr.io/acme/api:latest"),
  workload("require-tags", /^metadata\.labels$/, null),
  workload("require-rollback", /^spec\.revisionHistoryLimit$/, 0),
  deployment("require-rollback", /^spec\.progressDeadlineSeconds$/, null, 1),
  deployment("require-rollback", /^spec\.strategy\.type$/, "Recreate"),
  guards(/^kubernetes:autoscaling\//)("require-replicas", /^spec\.minReplicas$/, null, 1),
  guards(/^kubernetes:policy\//)("require-rollback", /^spec\.maxUnavailable$/, 0),

  task("require-probes", /^containerDefinitions\[\]\.healthCheck$/, null),
  task("require-probes", /^containerDefinitions\[\]\.healthCheck\.command$/, null, ["NONE"], ["CMD-SHELL", "exit 0"]),
  task("require-non-root", /^containerDefinitions\[\]\.user$/, "root", "0:0"),
  task("require-read-only-root", /^containerDefinitions\[\]\.readonlyRootFilesystem$/, null, false),
  task("require-resources", /^containerDefinitions\[\]\.memory$/, null),
  task("require-pinned-images", /^containerDefinitions\[\]\.image$/, "ghcr.io/acme/api:latest"),
  task("require-tags", /^tags$/, null),
  service("require-rollback", /^deploymentCircuitBreaker$/, null),
  service("require-rollback", /^deploymentCircuitBreaker\.(enable|rollback)$/, null, false),
  service("require-tags", /^tags$/, null),
  targetGroup("require-probes", /^healthCheck$/, null),
  targetGroup("require-probes", /^healthCheck\.path$/, null),
  targetGroup("require-probes", /^healthCheck\.timeout$/, 3600),
  guards(/^aws:rds\/instance:/)("require-encryption-and-backups", /^storageEncrypted$/, null, false),
  guards(/^aws:rds\/instance:/)("require-encryption-and-backups", /^backupRetentionPeriod$/, null, 0),
  guards(/^aws:rds\/instance:/)("require-deletion-protection", /^deletionProtection$/, null, false),
  guards(/^aws:elasticache\//)("require-encryption-and-backups", /^(atRest|transit)EncryptionEnabled$/, null, false),
  guards(/^aws:elasticache\//)("require-encryption-and-backups", /^snapshotRetentionLimit$/, null, 0),
  guards(/^aws:ebs\/volume:/)("require-encryption-and-backups", /^encrypted$/, null, false),
  guards(/^aws:lb\/loadBalancer:/)("require-deletion-protection", /^enableDeletionProtection$/, null, false),
  guards(/^aws:cloudwatch\/logGroup:/)("require-log-retention", /^retentionInDays$/, null, 0),
  guards(/^aws:cloudwatch\/metricAlarm:/)("require-alert-route", /^alarmActions$/, null, []),

  container("require-probes", /^healthcheck$/, null),
  container("require-probes", /^healthcheck\.tests$/, null, [], ["NONE"], ["CMD", "true"]),
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
