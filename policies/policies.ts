import type { Policy } from "./policy.ts";
import { requireImageRetention } from "./require-image-retention.ts";
import { requireLogRetention } from "./require-log-retention.ts";
import { requireProbes } from "./require-probes.ts";
import { requireRollback } from "./require-rollback.ts";

/** The pack's policies. A new one is one file and one line here. */
export const POLICIES: readonly Policy[] = [requireProbes, requireRollback, requireImageRetention, requireLogRetention];
