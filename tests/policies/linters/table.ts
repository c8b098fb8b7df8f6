/**
 * What checkov and kube-score find of each weakened setting of the mutation test, as their documentation has it: written
 * before the run, which compares it with what they do (linters.full.test.ts). docs/policies-comparison.md shows it.
 */

/** A setting, what it is weakened to (null removes it), the policy of ours, and the rules of theirs that find it. */
export interface Row {
  /** As the program writes it; `[]` for any entry, without `spec.template.spec.` in front. */
  readonly setting: string;
  readonly weak: readonly unknown[];
  readonly policy: string;
  readonly checkov: readonly string[];
  readonly kubeScore: readonly string[];
}

/** Settings of some kinds of resources. */
export interface Group {
  readonly title: string;
  readonly types: RegExp;
  readonly rows: readonly Row[];
}

const row =
  (setting: string, ...weak: readonly unknown[]) =>
  (policy: string, checkov: readonly string[] = [], kubeScore: readonly string[] = []): Row => ({
    setting,
    weak,
    policy,
    checkov,
    kubeScore,
  });

const CONTAINER = "containers[]";
const CONTEXT = `${CONTAINER}.securityContext`;
const LIVENESS = `${CONTAINER}.livenessProbe`;
const READINESS = `${CONTAINER}.readinessProbe`;
const DEFINITION = "containerDefinitions[]";
const READ_ONLY = ["container-security-context-readonlyrootfilesystem"];
const RESOURCES = ["container-resources"];

const KUBERNETES: Group = {
  title: "Kubernetes",
  types: /^kubernetes:/,
  rows: [
    row(LIVENESS, null)("require-probes", ["CKV_K8S_8"], ["pod-probes"]),
    row(READINESS, null)("require-probes", ["CKV_K8S_9"], ["pod-probes"]),
    ...[LIVENESS, READINESS].flatMap((probe) => [
      row(probe, {})("require-probes"),
      row(`${probe}.httpGet`, null)("require-probes"),
      row(`${probe}.httpGet.port`, null, "nowhere")("require-probes"),
      row(`${probe}.exec`, null)("require-probes"),
      row(`${probe}.exec.command`, null, ["true"])("require-probes"),
      row(`${probe}.timeoutSeconds`, 3600)("require-probes"),
    ]),
    row(`${CONTAINER}.startupProbe.failureThreshold`, 1)("require-probes"),
    row("spec.revisionHistoryLimit", 0)("require-rollback"),
    row("spec.progressDeadlineSeconds", null, 1)("require-rollback"),
    row("spec.strategy.type", "Recreate")("require-rollback", [], ["deployment-strategy"]),
    row("spec.strategy.rollingUpdate.maxUnavailable", "100%")("require-rollback"),
    row("spec.updateStrategy.type", "OnDelete")("require-rollback"),
    row("spec.updateStrategy.rollingUpdate.maxUnavailable", "100%")("require-rollback"),
    row("spec.maxUnavailable", 0)("require-rollback"),
    row("spec.minReplicas", null, 1)("require-replicas", [], ["horizontalpodautoscaler-replicas"]),
    row("topologySpreadConstraints", null, [])("require-replicas"),
    row("spec.persistentVolumeClaimRetentionPolicy.whenDeleted", "Delete")("require-deletion-protection"),
    row("spec.persistentVolumeClaimRetentionPolicy.whenScaled", "Delete")("require-deletion-protection"),
    row(`${CONTAINER}.image`, "ghcr.io/acme/api", "ghcr.io/acme/api:latest")(
      "require-pinned-images",
      ["CKV_K8S_14"],
      ["container-image-tag"],
    ),
    row(`${CONTAINER}.resources`, null)(
      "require-resources",
      ["CKV_K8S_10", "CKV_K8S_11", "CKV_K8S_12", "CKV_K8S_13"],
      RESOURCES,
    ),
    row(`${CONTAINER}.resources.limits`, null)("require-resources", ["CKV_K8S_11", "CKV_K8S_13"], RESOURCES),
    row(`${CONTAINER}.resources.limits.memory`, null)("require-resources", ["CKV_K8S_13"], RESOURCES),
    row(`${CONTAINER}.resources.requests.memory`, "999Gi")("require-resources"),
    row("securityContext.runAsUser", 0)(
      "require-non-root",
      ["CKV_K8S_40"],
      ["container-security-context-user-group-id"],
    ),
    row(`${CONTEXT}.readOnlyRootFilesystem`, null, false)("require-read-only-root", ["CKV_K8S_22"], READ_ONLY),
    row(`${CONTEXT}.privileged`, true)("forbid-privileges", ["CKV_K8S_16"], ["container-security-context-privileged"]),
    row(`${CONTEXT}.allowPrivilegeEscalation`, null, true)("forbid-privileges", ["CKV_K8S_20"]),
    row(`${CONTEXT}.capabilities`, null)("forbid-privileges", ["CKV_K8S_28", "CKV_K8S_37"]),
    row(`${CONTEXT}.capabilities.drop`, null, [])("forbid-privileges", ["CKV_K8S_28", "CKV_K8S_37"]),
    row("data.etc_alertmanager_alertmanager.yml", "route: { receiver: nobody }")("require-alert-route"),
    row("metadata.labels", null)("require-tags"),
  ],
};

const PLAIN_COUNTING = {
  rulePriority: 1,
  selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 },
  action: { type: "expire" },
};

const AWS: Group = {
  title: "AWS",
  types: /^aws:/,
  rows: [
    row(`${DEFINITION}.healthCheck`, null)("require-probes"),
    row(`${DEFINITION}.healthCheck.command`, null, ["NONE"], ["CMD-SHELL", "exit 0"])("require-probes"),
    row(`${DEFINITION}.healthCheck.retries`, 0)("require-probes"),
    row(`${DEFINITION}.healthCheck.timeout`, 3600)("require-probes"),
    row("healthCheck", null)("require-probes", ["CKV_AWS_261"]),
    row("healthCheck.path", null)("require-probes"),
    row("healthCheck.timeout", 3600)("require-probes"),
    row("deploymentCircuitBreaker", null)("require-rollback"),
    row("deploymentCircuitBreaker.enable", null, false)("require-rollback"),
    row("deploymentCircuitBreaker.rollback", null, false)("require-rollback"),
    row("deploymentMinimumHealthyPercent", 100)("require-rollback"),
    row("minCapacity", 1)("require-replicas"),
    row(`${DEFINITION}.image`, "ghcr.io/acme/api:latest")("require-pinned-images"),
    row(`${DEFINITION}.memory`, null)("require-resources"),
    row(`${DEFINITION}.memoryReservation`, 999_999)("require-resources"),
    row(`${DEFINITION}.user`, "root", "0:0")("require-non-root"),
    row(`${DEFINITION}.readonlyRootFilesystem`, null, false)("require-read-only-root", ["CKV_AWS_336"]),
    row(`${DEFINITION}.dockerSecurityOptions`, null, [])("forbid-privileges"),
    row(`${DEFINITION}.linuxParameters.capabilities`, null)("forbid-privileges"),
    row(`${DEFINITION}.linuxParameters.capabilities.drop`, null, [])("forbid-privileges"),
    row("networkConfiguration.assignPublicIp", true)("forbid-public-ingress", ["CKV_AWS_333"]),
    row("publiclyAccessible", true)("forbid-public-ingress", ["CKV_AWS_17"]),
    row("fromPort", 22)("forbid-public-ingress", ["CKV_AWS_24"]),
    row("blockPublicAcls", null, false)("forbid-public-ingress", ["CKV_AWS_53"]),
    row("blockPublicPolicy", null, false)("forbid-public-ingress", ["CKV_AWS_54"]),
    row("ignorePublicAcls", null, false)("forbid-public-ingress", ["CKV_AWS_55"]),
    row("restrictPublicBuckets", null, false)("forbid-public-ingress", ["CKV_AWS_56"]),
    row("retentionInDays", null)("require-log-retention", ["CKV_AWS_66"]),
    row("retentionInDays", 0)("require-log-retention"),
    row("storageEncrypted", null, false)("require-encryption-and-backups", ["CKV_AWS_16"]),
    row("backupRetentionPeriod", null, 0)("require-encryption-and-backups", ["CKV_AWS_133"]),
    row("atRestEncryptionEnabled", null, false)("require-encryption-and-backups", ["CKV_AWS_29"]),
    row("transitEncryptionEnabled", null, false)("require-encryption-and-backups", ["CKV_AWS_30"]),
    row("snapshotRetentionLimit", null, 0)("require-encryption-and-backups"),
    row("encrypted", null, false)("require-encryption-and-backups", ["CKV_AWS_3"]),
    row("deletionProtection", null, false)("require-deletion-protection", ["CKV_AWS_293"]),
    row("skipFinalSnapshot", true)("require-deletion-protection"),
    row("forceDestroy", true)("require-deletion-protection"),
    row("enableDeletionProtection", null, false)("require-deletion-protection", ["CKV_AWS_150"]),
    row("alarmActions", null, [])("require-alert-route"),
    row("imageTagMutability", null, "MUTABLE")("require-image-retention"),
    row("imageTagMutabilityExclusionFilters[].filter", "*", "release-*")("require-image-retention"),
    row("policy", null, "no JSON")("require-image-retention"),
    row("policy.rules", null, [], [PLAIN_COUNTING])("require-image-retention"),
    row("policy.rules[].rulePriority", 2, 0)("require-image-retention"),
    row("policy.rules[].selection.tagStatus", "any", "untagged")("require-image-retention"),
    row("policy.rules[].selection.tagPatternList", null, ["-x"], ["*"])("require-image-retention"),
    row("tags", null)("require-tags"),
  ],
};

export const GROUPS: readonly Group[] = [KUBERNETES, AWS];
