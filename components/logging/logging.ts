import type { Logger } from "../alerts/alert.ts";
import type { Blueprint } from "../blueprint.ts";
import type { WorkloadSpec } from "../workload/index.ts";
import { collectors } from "./collectors.ts";
import { loki } from "./loki.ts";

/** The log stack: what stores, and what collects on every host; `loggers` are those that the log alerts watch. */
export const loggingMembers = (plan: Blueprint, loggers: readonly Logger[]): readonly WorkloadSpec[] => [
  loki(plan, loggers),
  collectors[plan.settings.logs.collector](plan),
];
