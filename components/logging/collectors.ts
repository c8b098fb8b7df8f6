import type { Blueprint } from "../blueprint.ts";
import type { LogCollector } from "../settings.ts";
import type { WorkloadSpec } from "../workload/index.ts";
import { promtail } from "./promtail.ts";

/**
 * What may read the containers' lines, by its name in `logs.collector`. Promtail is at the end of its life upstream (2
 * March 2026): a successor is one more file and one more line here.
 */
export const collectors: Readonly<Record<LogCollector, (plan: Blueprint) => WorkloadSpec>> = { promtail };
