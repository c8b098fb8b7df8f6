import { stringify } from "yaml";
import {
  type Blueprint,
  connection,
  httpProbes,
  logsOf,
  perHost,
  plain,
  productImage,
  runtimeSocket,
  runtimeSocketPath,
} from "../blueprint.ts";
import { formatDuration, port, resources, type Volume, type WorkloadSpec, workload } from "../workload/index.ts";
import { levelWord } from "./levels.ts";
import { batchWait } from "./pace.ts";

/** Reads every container's log on its host and sends it to Loki; positions outlive it. */
export function promtail(plan: Blueprint): WorkloadSpec {
  const onKubernetes = plan.settings.target.discovery === "kubernetes";
  return workload({
    ...plain,
    name: "promtail",
    part: "logging",
    image: productImage(plan, "promtail"),
    args: [
      "-config.file=/etc/promtail/promtail.yml",
      "-config.expand-env=true",
      `-log.level=${levelWord("promtail", plan.settings.logs.level)}`,
      "-log.format=json",
    ],
    files: [{ path: "/etc/promtail/promtail.yml", content: promtailConfig(plan) }],
    ports: [port({ name: "http", number: 9080, exposure: "internal" })],
    probes: httpProbes({ port: "http", liveness: "/metrics", readiness: "/ready", tool: "probe-binary" }),
    placement: { kind: "per-host", rollout: perHost(plan) },
    resources: resources({ cpu: { request: 50, limit: 500 }, memory: { request: 64, limit: 256 } }),
    user: {
      kind: "root",
      reason: "container logs on the host are readable by root alone; whose they are, the container runtime says",
    },
    volumes: [positions, ...(onKubernetes ? podLogs : containerLogs(plan))],
    logs: logsOf(plan, "json"),
    scrape: { port: "http", path: "/metrics" },
    connectsTo: [connection("loki", "http")],
    ...(onKubernetes
      ? { kubernetesAccess: { resources: ["pods"], verbs: ["get", "list", "watch"], scope: "namespace" } }
      : {}),
  });
}

const positions: Volume = {
  kind: "host",
  name: "positions",
  path: "/var/lib/promtail",
  hostPath: "/var/lib/trading-platform/promtail",
  readOnly: false,
};

const readOnly = (name: string, path: string): Volume => ({ kind: "host", name, path, hostPath: path, readOnly: true });
const podLogs = [readOnly("pods", "/var/log/pods")];
const containerLogs = ({ settings: { target } }: Blueprint): readonly Volume[] => [
  readOnly("containers", "/var/lib/docker/containers"),
  runtimeSocket(target),
];

function promtailConfig(plan: Blueprint): string {
  const config = {
    server: { http_listen_port: 9080, grpc_listen_port: 0 },
    positions: { filename: "/var/lib/promtail/positions.yml" },
    clients: [{ url: `http://${plan.address("loki")}:3100/loki/api/v1/push`, batchwait: formatDuration(batchWait) }],
    scrape_configs: [plan.settings.target.discovery === "kubernetes" ? podJob(plan) : containerJob],
  };
  return `# Rendered by ./platform render from components/logging/promtail.ts.\n${stringify(config, { lineWidth: 0 })}`;
}

const containerJob = {
  job_name: "containers",
  docker_sd_configs: [{ host: `unix://${runtimeSocketPath}`, refresh_interval: "5s" }],
  relabel_configs: [
    { source_labels: ["__meta_docker_container_label_component"], target_label: "service" },
    { source_labels: ["__meta_docker_container_label_stack"], target_label: "stack" },
  ],
  pipeline_stages: [{ json: { expressions: { level: "level" } } }, { labels: { level: null } }],
};

const podJob = ({ settings: { stack, target } }: Blueprint) => ({
  job_name: "pods",
  kubernetes_sd_configs: [{ role: "pod", namespaces: { names: target.namespaces(stack) } }],
  relabel_configs: [
    { source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_name"], target_label: "service" },
    { source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_instance"], target_label: "stack" },
    {
      source_labels: ["__meta_kubernetes_namespace", "__meta_kubernetes_pod_name", "__meta_kubernetes_pod_uid"],
      separator: "_",
      replacement: "/var/log/pods/$1/*/*.log",
      target_label: "__path__",
    },
  ],
  pipeline_stages: [{ cri: {} }, { json: { expressions: { level: "level" } } }, { labels: { level: null } }],
});
