import type { Blueprint } from "../blueprint.ts";
import type { WorkloadSpec } from "../workload/index.ts";
import { loki } from "./loki.ts";
import { promtail } from "./promtail.ts";

/** The log stack: what stores, and what collects on every host. */
export const loggingMembers = (plan: Blueprint): readonly WorkloadSpec[] => [loki(plan), promtail(plan)];
