import { stringify } from "yaml";
import { openedUrl } from "../access.ts";
import type { Logger } from "../alerts/alert.ts";
import { logAlerts } from "../alerts/catalogue.ts";
import { alertmanagerUrls } from "../alerts/peers.ts";
import { alertRules } from "../alerts/rules.ts";
import { type Blueprint, checkedBy, connection, logsOf, plain, productImage, stopFirst } from "../blueprint.ts";
import { longestAnswer, rulerInterval } from "../log-pace.ts";
import { certificateOf, isProtected, monitoringName, monitoringUser } from "../protection.ts";
import { isInVault } from "../vault/delivery.ts";
import { type Duration, formatDuration, port, resources, type WorkloadSpec, workload } from "../workload/index.ts";
import { levelWord } from "./levels.ts";

/** Loki gives the lines of everybody to one tenant, of this name, when it asks nobody who they are. */
const tenant = "fake";
const rulesFolder = "/etc/loki-rules";

const passwordVariable = "ALERTMANAGER_PASSWORD";

/** Stores and finds log lines, and alerts of them: one binary, TSDB schema, retention by the compactor. */
export function loki(plan: Blueprint, loggers: readonly Logger[]): WorkloadSpec {
  const { settings } = plan;
  const { replicas } = settings.logs;
  const isSecure = isProtected(settings);
  // Its ruler reads the password of Alertmanager from no file, so it is a variable, or part of a file that Vault's agent writes.
  const inVault = isSecure && isInVault(settings, "monitoringPassword");
  const config = lokiConfig(plan, inVault ? "{}" : `\${${passwordVariable}}`);
  const configPath = inVault ? "/etc/loki-secrets/loki.yml" : "/etc/loki/loki.yml";
  return workload({
    ...plain,
    name: "loki",
    part: "logging",
    image: productImage(plan, "loki"),
    args: [
      `-config.file=${configPath}`,
      `-log.level=${levelWord("loki", plan.settings.logs.level)}`,
      "-log.format=json",
      ...(isSecure && !inVault ? ["-config.expand-env=true"] : []),
    ],
    secretVariables: isSecure && !inVault ? [{ name: passwordVariable, secret: "monitoringPassword" }] : [],
    secretFiles: [
      ...(isSecure ? [{ path: certificateOf("loki"), secret: "monitoringCertificate" } as const] : []),
      ...(inVault ? [{ path: configPath, secret: "monitoringPassword", template: config } as const] : []),
    ],
    files: [
      ...(inVault ? [] : [{ path: configPath, content: config }]),
      {
        path: `${rulesFolder}/${tenant}/log-alerts.rules`,
        content: alertRules(logAlerts({ settings, loggers }), settings),
      },
    ],
    ports: [
      port({ name: "http", number: 3100, exposure: "loopback" }),
      ...(replicas > 1 ? [port({ name: "grpc", number: 9095, exposure: "internal" }), gossipPort] : []),
    ],
    probes: checkedBy(
      // Liveness asks the process only: `/ready` is also "no" while the ring settles.
      { kind: "http", path: "/loki/api/v1/status/buildinfo", port: "http" },
      { kind: "http", path: "/ready", port: "http" },
      "wget",
      4,
    ),
    placement: { kind: "stateful", replicas, rollout: stopFirst(plan) },
    resources: resources({ cpu: { request: 100, limit: 1000 }, memory: { request: 256, limit: 1024 } }),
    user: { kind: "non-root", uid: 10_001, gid: 10_001 },
    // With chunks in S3 the volume holds the write-ahead log and the index cache only.
    volumes: [{ kind: "persistent", name: "data", path: "/loki", sizeGiB: plan.settings.logs.storageGiB }],
    logs: logsOf(plan, "json"),
    scrape: { port: "http", path: "/metrics" },
    connectsTo: [
      connection("alertmanager", "http"),
      ...(replicas > 1 ? ["grpc", "gossip"].map((name) => connection("loki", name)) : []),
    ],
    ...(plan.settings.target.logStore(plan.settings.stack).kind === "s3"
      ? { internet: true, cloudAccess: "log-store" }
      : {}),
  });
}

const gossipPort = port({ name: "gossip", number: 7946, exposure: "internal", protocols: ["TCP", "UDP"] });

/** Where each finds the others: alone it asks nobody, several gossip, and a line is acknowledged by two of three. */
function ringOf({ settings: { logs }, address }: Blueprint) {
  if (logs.replicas === 1) return { kvstore: { store: "inmemory" }, factor: 1 };
  return {
    kvstore: { store: "memberlist" },
    factor: 3,
    memberlist: {
      join_members: [`${address("loki")}:${gossipPort.number}`],
      // The first one finds nobody yet; who was apart finds the others again.
      abort_if_cluster_join_fails: false,
      rejoin_interval: "10s",
    },
  };
}

/** The ruler's way to a protected Alertmanager. */
const alertmanagerClient = (password: string) => ({
  basic_auth_username: monitoringUser,
  basic_auth_password: password,
  tls_ca_path: certificateOf("loki"),
  tls_server_name: monitoringName,
});

/** `password`: what stands for Alertmanager's. */
function lokiConfig(plan: Blueprint, password: string): string {
  const { logs, stack, target } = plan.settings;
  const store = target.logStore(stack);
  const { kvstore, factor, memberlist } = ringOf(plan);
  const config = {
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: {
      http_listen_port: 3100,
      http_server_write_timeout: formatDuration(longestAnswer),
      // Queries are handed to any of the others. One whose host is lost says no farewell: by default it would be given
      // some for two hours more, and whoever waits for those would wait for ever.
      ...(factor === 1 ? {} : { grpc_server_keepalive_time: "10s", grpc_server_keepalive_timeout: "5s" }),
    },
    common: {
      path_prefix: "/loki",
      replication_factor: factor,
      ring: { kvstore },
      storage:
        store.kind === "s3"
          ? {
              s3: {
                bucketnames: store.bucket,
                region: store.region,
                ...(store.endpoint === undefined ? {} : { endpoint: store.endpoint, s3forcepathstyle: true }),
              },
            }
          : { filesystem: { chunks_directory: "/loki/chunks", rules_directory: "/loki/rules" } },
    },
    ...(memberlist && { memberlist }),
    schema_config: {
      configs: [
        {
          from: "2026-01-01",
          store: "tsdb",
          object_store: store.kind === "s3" ? "s3" : "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    ingester: {
      // Alone it has no others to wait for before it says that it is ready.
      ...(factor === 1 ? { lifecycler: { min_ready_duration: "0s" } } : {}),
      // On a disk each acknowledged line is first; what it takes to read it again must fit into the container.
      wal: { enabled: true, replay_memory_ceiling: "256MB" },
      chunk_encoding: "snappy",
    },
    compactor: {
      working_directory: "/loki/compactor",
      retention_enabled: true,
      delete_request_store: store.kind === "s3" ? "s3" : "filesystem",
    },
    ruler: {
      storage: { type: "local", local: { directory: rulesFolder } },
      // A copy of the rules, in which it works.
      rule_path: "/loki/rules-temp",
      alertmanager_url: alertmanagerUrls(plan).join(","),
      ...(isProtected(plan.settings) ? { alertmanager_client: alertmanagerClient(password) } : {}),
      // Where an alert's query can be looked at: Grafana's data source of that id.
      external_url: openedUrl(plan.settings, "grafana"),
      datasource_uid: "loki",
      evaluation_interval: formatDuration(rulerInterval),
      ring: { kvstore },
    },
    limits_config: limits(logs.retention),
  };
  return `# Rendered by ./platform render from components/logging/loki.ts.\n${stringify(config)}`;
}

/** What Loki takes: nothing of it is lost at a limit that Promtail tries again at (429), and no line is refused for its length. */
const limits = (retention: Duration) => ({
  retention_period: formatDuration(retention),
  allow_structured_metadata: true,
  // Longer ones are cut: Loki's default refuses them for ever.
  max_line_size: "256KB",
  max_line_size_truncate: true,
  // A host that collects again after hours sends all of it at once.
  ingestion_rate_mb: 16,
  ingestion_burst_size_mb: 32,
  per_stream_rate_limit: "8MB",
  per_stream_rate_limit_burst: "32MB",
  // Workloads, levels, outputs, hosts, releases of a day: hundreds. What makes more is a mistake.
  max_global_streams_per_user: 5000,
  max_label_names_per_series: 8,
  reject_old_samples: true,
  // A collector that stood still for a week: what is older is no longer looked for.
  reject_old_samples_max_age: "7d",
  // A day is asked at once: 24 hours one by one took a panel of a day four times as long. What is large is still shared out by size.
  split_queries_by_interval: "24h",
  // Both add a label or a field of the same meaning as our own.
  discover_service_name: [],
  discover_log_levels: false,
});
