import type { Blueprint } from "../blueprint.ts";
import type { WorkloadSpec } from "../workload/index.ts";
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

/** The monitoring stack; `watched` are the stack's other workloads. A new exporter is a function and a line. */
export function monitoringMembers(plan: Blueprint, watched: readonly WorkloadSpec[]): readonly WorkloadSpec[] {
  const containers = plan.settings.target.discovery === "kubernetes" ? kubeStateMetrics(plan) : cadvisor(plan);
  const members = [
    nodeExporter(plan),
    redisExporter(plan),
    postgresExporter(plan),
    blackboxExporter(plan),
    containers,
    alertmanager(plan),
    grafana(plan),
  ];
  const there = members.filter(({ name }) => !plan.settings.without.includes(name));
  return [prometheus(plan, [...watched, ...there]), ...there];
}
