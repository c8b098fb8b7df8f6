import type { Logger } from "../alerts/alert.ts";
import type { Settings } from "../settings.ts";
import type { WorkloadSpec } from "../workload/index.ts";

/** Those of the workloads whose lines are collected and stored: all, or none where a part of the log stack is left out. */
export const loggersOf = ({ without }: Settings, workloads: readonly WorkloadSpec[]): readonly Logger[] =>
  ["loki", "promtail"].some((part) => without.includes(part))
    ? []
    : workloads.filter(({ name }) => !without.includes(name)).map(({ name, logs }) => ({ name, format: logs.format }));
