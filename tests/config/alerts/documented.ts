import { metricNames } from "../../../components/application/telemetry.ts";

/** Labels by metric, where a scrape is not to be had here; `instance` and `job` are Prometheus' own. */
type Documented = Readonly<Record<string, readonly string[]>>;

const { requests, requestDuration, tradingHealthy, orders, backtestQueue, certificateEnd } = metricNames;

/** The application's, as components/application/telemetry.ts says; a test compares them with what its process exposes. */
export const ofApplication: Documented = {
  [requests]: ["method", "route", "status"],
  [`${requestDuration}_bucket`]: ["le", "method", "route", "status"],
  [`${requestDuration}_sum`]: ["method", "route", "status"],
  [`${requestDuration}_count`]: ["method", "route", "status"],
  [tradingHealthy]: [],
  [orders]: ["state"],
  [backtestQueue]: [],
  [certificateEnd]: ["certificate"],
};

/** kube-state-metrics 2.17, docs/metrics/workload/{pod,deployment,statefulset,daemonset}-metrics.md; all STABLE there: they stay in version 2. */
const ofKubernetes: Documented = {
  kube_pod_container_info: ["container", "pod", "namespace", "image", "image_id", "image_spec", "container_id", "uid"],
  kube_pod_container_status_waiting_reason: ["container", "pod", "namespace", "reason", "uid"],
  kube_pod_init_container_status_waiting_reason: ["container", "pod", "namespace", "reason", "uid"],
  kube_pod_container_status_restarts_total: ["container", "pod", "namespace", "uid"],
  kube_pod_init_container_status_restarts_total: ["container", "pod", "namespace", "uid"],
  kube_deployment_status_condition: ["deployment", "namespace", "reason", "condition", "status"],
  kube_deployment_spec_replicas: ["deployment", "namespace"],
  kube_deployment_status_replicas_available: ["deployment", "namespace"],
  kube_statefulset_replicas: ["statefulset", "namespace"],
  kube_statefulset_status_replicas_ready: ["statefulset", "namespace"],
  kube_daemonset_status_desired_number_scheduled: ["daemonset", "namespace"],
  kube_daemonset_status_number_ready: ["daemonset", "namespace"],
  kube_deployment_status_replicas_unavailable: ["deployment", "namespace"],
  kube_deployment_status_replicas_updated: ["deployment", "namespace"],
};

/** Promtail 3.4, clients/pkg/promtail/targets/file/metrics.go: it reads files on Kubernetes alone. */
const ofFiles: Documented = { promtail_read_lines_total: ["path"] };

export const documented: Documented = { ...ofApplication, ...ofKubernetes, ...ofFiles };
