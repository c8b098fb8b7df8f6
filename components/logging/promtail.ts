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
import { batchWait } from "../log-pace.ts";
import { formatDuration, port, resources, type Volume, type WorkloadSpec, workload } from "../workload/index.ts";
import { levelWord } from "./levels.ts";
import { pipelineStages } from "./pipeline.ts";

/** Reads every container's log on its host and sends it to Loki; positions outlive it. */
export function promtail(plan: Blueprint): WorkloadSpec {
  const onKubernetes = plan.settings.target.discovery === "kubernetes";
  return workload({
    ...plain,
    name: "promtail",
    part: "logging",
    image: productImage(plan, "promtail"),
    args: [
      // Without -config.expand-env, which would take the dollars and backslashes of the pipeline for its own.
      "-config.file=/etc/promtail/promtail.yml",
      `-log.level=${levelWord("promtail", plan.settings.logs.level)}`,
      "-log.format=json",
    ],
    files: [{ path: "/etc/promtail/promtail.yml", content: promtailConfig(plan) }],
    ports: [port({ name: "http", number: 9080, exposure: "internal" })],
    probes: httpProbes({ port: "http", liveness: "/metrics", readiness: "/ready", tool: "probe-binary" }),
    // It ends when its last batch is sent: at once, or never while there is no Loki, and then waiting saves no line.
    placement: { kind: "per-host", rollout: perHost(plan, 10) },
    resources: resources({ cpu: { request: 50, limit: 500 }, memory: { request: 64, limit: 256 } }),
    user: {
      kind: "root",
      reason: "container logs on the host are readable by root alone; whose they are, the container runtime says",
    },
    volumes: [positions(plan), ...(onKubernetes ? podLogs : containerLogs(plan))],
    logs: logsOf(plan, "json"),
    scrape: { port: "http", path: "/metrics" },
    connectsTo: [connection("loki", "http")],
    // So it also ends before it, when the stack goes.
    startsAfter: ["loki"],
    ...(onKubernetes
      ? { kubernetesAccess: { resources: ["pods"], verbs: ["get", "list", "watch"], scope: "namespace" } }
      : {}),
  });
}

/** A stack's own: each Promtail writes the whole file, and what another stack's has read on the same host were lost. */
const positions = ({ settings: { stack } }: Blueprint): Volume => ({
  kind: "host",
  name: "positions",
  path: "/var/lib/promtail",
  hostPath: `/var/lib/trading-platform/${stack}/promtail`,
  readOnly: false,
});

const readOnly = (name: string, path: string): Volume => ({ kind: "host", name, path, hostPath: path, readOnly: true });
const podLogs = [readOnly("pods", "/var/log/pods")];
const containerLogs = ({ settings: { target } }: Blueprint): readonly Volume[] => [
  readOnly("containers", "/var/lib/docker/containers"),
  runtimeSocket(target),
];

function promtailConfig(plan: Blueprint): string {
  const config = {
    // Nobody asks it by gRPC, and it cannot be told not to listen: on any port, but for itself alone.
    server: {
      http_listen_port: 9080,
      grpc_listen_address: "127.0.0.1",
      grpc_listen_port: 0,
      graceful_shutdown_timeout: "5s",
    },
    // What was read up to here is not read again; a process that is killed reads the last second twice.
    positions: { filename: "/var/lib/promtail/positions.yml", sync_period: "1s" },
    clients: [
      {
        url: `http://${plan.address("loki")}:3100/loki/api/v1/push`,
        batchwait: formatDuration(batchWait),
        // Without end (0), and never more than some seconds apart: a line waits for Loki, and Loki for no line.
        backoff_config: { min_period: "500ms", max_period: "10s", max_retries: 0 },
      },
    ],
    scrape_configs: [plan.settings.target.discovery === "kubernetes" ? podJob(plan) : containerJob(plan)],
  };
  return `# Rendered by ./platform render from components/logging/promtail.ts.\n${stringify(config, { lineWidth: 0 })}`;
}

/**
 * Only the stack's own containers: others of the host have no service, and without a label Loki takes no line. A task of ECS has
 * one beside its own, in whose network they are: discovery finds a container by its network, and where that is another's it looks
 * among the listed ones. That container has ECS' labels alone, and writes nothing; a host of the cluster runs no other stack's.
 */
const listed = ({ settings: { stack, target } }: Blueprint): string =>
  target.discovery === "cloud-map" ? "com.amazonaws.ecs.cluster" : `stack=${stack}`;

const containerJob = (plan: Blueprint) => ({
  job_name: "containers",
  docker_sd_configs: [
    {
      host: `unix://${runtimeSocketPath}`,
      // A container that lives for less is never seen.
      refresh_interval: "1s",
      filters: [{ name: "label", values: [listed(plan)] }],
    },
  ],
  relabel_configs: [
    { source_labels: ["__meta_docker_container_label_component"], target_label: "service" },
    { source_labels: ["__meta_docker_container_label_stack"], target_label: "stack" },
    // A stream for each container: of two in one, Loki refuses what the slower one says an hour after the other.
    { source_labels: ["__meta_docker_container_id"], regex: "(.{12}).*", target_label: "instance" },
    // And for each of its outputs, or the trace of one would be joined to a line of the other.
    { source_labels: ["__meta_docker_container_log_stream"], target_label: "stream" },
  ],
  pipeline_stages: pipelineStages(),
});

const podJob = ({ settings: { stack, target } }: Blueprint) => ({
  job_name: "pods",
  kubernetes_sd_configs: [{ role: "pod", namespaces: { names: target.namespaces(stack) } }],
  relabel_configs: [
    // A workload's container has its name; what runs beside it, as Vault's agent, is a stream of its own, as on Docker.
    { source_labels: ["__meta_kubernetes_pod_container_name"], target_label: "service" },
    { source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_instance"], target_label: "stack" },
    { source_labels: ["__meta_kubernetes_pod_name"], target_label: "instance" },
    {
      source_labels: ["__meta_kubernetes_namespace", "__meta_kubernetes_pod_name", "__meta_kubernetes_pod_uid"],
      separator: "_",
      target_label: "__tmp_folder",
    },
    {
      source_labels: ["__tmp_folder", "__meta_kubernetes_pod_container_name"],
      separator: "/",
      replacement: "/var/log/pods/$1/*.log",
      target_label: "__path__",
    },
  ],
  // The file's name changes with every rotation and restart: as a label it would be a stream each.
  pipeline_stages: [{ cri: {} }, { labeldrop: ["filename"] }, ...pipelineStages()],
});
