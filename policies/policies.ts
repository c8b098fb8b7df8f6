import { forbidDebugLogs } from "./forbid-debug-logs.ts";
import { forbidPlainSecrets } from "./forbid-plain-secrets.ts";
import { forbidPrivileges } from "./forbid-privileges.ts";
import { forbidPublicIngress } from "./forbid-public-ingress.ts";
import type { Policy } from "./policy.ts";
import { requireAlertRoute } from "./require-alert-route.ts";
import { requireDeletionProtection } from "./require-deletion-protection.ts";
import { requireEncryptionAndBackups } from "./require-encryption-and-backups.ts";
import { requireImageRetention } from "./require-image-retention.ts";
import { requireLogRetention } from "./require-log-retention.ts";
import { requireNonRoot } from "./require-non-root.ts";
import { requirePinnedImages } from "./require-pinned-images.ts";
import { requireProbes } from "./require-probes.ts";
import { requireReadOnlyRoot } from "./require-read-only-root.ts";
import { requireReplicas } from "./require-replicas.ts";
import { requireResources } from "./require-resources.ts";
import { requireRollback } from "./require-rollback.ts";
import { requireTags } from "./require-tags.ts";

/** The pack's policies. A new one is one file and one line here. */
export const POLICIES: readonly Policy[] = [
  requireProbes,
  requireRollback,
  requireImageRetention,
  requireLogRetention,
  requirePinnedImages,
  requireNonRoot,
  requireReadOnlyRoot,
  forbidPrivileges,
  requireResources,
  forbidDebugLogs,
  forbidPlainSecrets,
  forbidPublicIngress,
  requireEncryptionAndBackups,
  requireDeletionProtection,
  requireReplicas,
  requireAlertRoute,
  requireTags,
];
