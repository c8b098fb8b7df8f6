import { openedUrl } from "../access.ts";
import {
  type Blueprint,
  checkedBy,
  connection,
  httpProbes,
  logsOf,
  nobody,
  plain,
  productImage,
  stopFirst,
} from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { identityFiles } from "../mtls.ts";
import { isProtected, ownCheck, probeFiles, webFlags, webPort, webSecrets } from "../protection.ts";
import { formatDuration, type Probes, port, resources, type WorkloadSpec, workload } from "../workload/index.ts";
import { prometheusFiles } from "./prometheus-config.ts";
import { remoteWriteSecrets } from "./remote-write.ts";

/** Of its volume, which is never filled to the brim: compaction and the write-ahead log need the rest. */
export const usedShare = 0.8;

/** Scrapes every workload that says how; `others` are all the stack's workloads but itself. */
export function prometheus(plan: Blueprint, others: readonly WorkloadSpec[]): WorkloadSpec {
  const { metrics, logs, target } = plan.settings;
  const scraped = others.flatMap(({ name, scrape }) => (scrape === undefined ? [] : [connection(name, scrape.port)]));
  return workload({
    ...plain,
    name: "prometheus",
    part: "monitoring",
    image: productImage(plan, "prometheus"),
    args: [
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      `--storage.tsdb.retention.time=${formatDuration(metrics.retention)}`,
      `--storage.tsdb.retention.size=${Math.max(1, Math.floor(metrics.storageGiB * usedShare))}GB`,
      "--web.listen-address=:9090",
      `--web.external-url=${openedUrl(plan.settings, "prometheus")}`,
      ...webFlags(plan.settings, "prometheus"),
      `--log.level=${levelWord("prometheus", logs.level)}`,
      "--log.format=json",
    ],
    files: [...prometheusFiles(plan, others), ...probeFiles(plan.settings, "prometheus")],
    secretFiles: [
      ...webSecrets(plan.settings, "prometheus"),
      ...remoteWriteSecrets(metrics),
      ...identityFiles(plan.settings, "prometheus"),
    ],
    ports: [port({ name: "http", number: 9090, exposure: "loopback", ...webPort(plan.settings) })],
    probes: prometheusProbes(isProtected(plan.settings)),
    placement: { kind: "stateful", replicas: 1, rollout: stopFirst(plan) },
    resources: resources({ cpu: { request: 200, limit: 1000 }, memory: { request: 512, limit: 1536 } }),
    user: nobody,
    volumes: [{ kind: "persistent", name: "data", path: "/prometheus", sizeGiB: metrics.storageGiB }],
    logs: logsOf(plan, "json"),
    connectsTo: [...scraped, connection("alertmanager", "http")],
    ...(target.discovery === "kubernetes"
      ? { kubernetesAccess: { resources: ["pods"], verbs: ["get", "list", "watch"], scope: "namespace" } }
      : {}),
    ...(metrics.remoteWrite === undefined ? {} : { internet: true }),
    ...(target.discovery === "cloud-map" ? { internet: true, cloudAccess: "host-discovery" } : {}),
  });
}

function prometheusProbes(isProtected: boolean): Probes {
  // Replaying the write-ahead log after a crash takes minutes.
  const startMinutes = 4;
  if (!isProtected) {
    return httpProbes({ port: "http", liveness: "/-/healthy", readiness: "/-/ready", tool: "wget", startMinutes });
  }
  const ask = (what: string) => ownCheck("prometheus", ["promtool", "check", what, "--url=https://127.0.0.1:9090"]);
  return checkedBy(ask("healthy"), ask("ready"), "wget", startMinutes);
}
