import type { Logger } from "../alerts/alert.ts";
import { hasSink } from "../alerts/sink.ts";
import type { Blueprint } from "../blueprint.ts";
import type { WorkloadSpec } from "../workload/index.ts";
import { alertSink } from "./alert-sink.ts";
import { alertmanager } from "./alertmanager.ts";
import {
  blackboxExporter,
  cadvisor,
  kubeStateMetrics,
  nodeExporter,
  postgresExporter,
  redisExporter,
} from "./exporters.ts";
import { grafana } from "./grafana.ts";
import { prometheus } from "./prometheus.ts";
import { scrapedJobs } from "./prometheus-config.ts";

/**
 * The monitoring stack; `watched` are the stack's other workloads, `loggers` those whose lines are stored. A new exporter
 * is a function and a line.
 */
export function monitoringMembers(
  plan: Blueprint,
  watched: readonly WorkloadSpec[],
  loggers: readonly Logger[],
): readonly WorkloadSpec[] {
  const { settings } = plan;
  const isThere = ({ name }: WorkloadSpec): boolean => !settings.without.includes(name);
  const containers = settings.target.discovery === "kubernetes" ? kubeStateMetrics(plan) : cadvisor(plan);
  const measuring = [
    nodeExporter(plan),
    redisExporter(plan),
    postgresExporter(plan),
    blackboxExporter(plan),
    containers,
    alertmanager(plan),
    ...(hasSink(settings) ? [alertSink(plan)] : []),
  ].filter(isThere);
  const shown = { settings, jobs: scrapedJobs(settings, [...watched, ...measuring]), loggers };
  const there = [...measuring, ...[grafana(plan, shown)].filter(isThere)];
  return [prometheus(plan, [...watched, ...there]), ...there];
}
