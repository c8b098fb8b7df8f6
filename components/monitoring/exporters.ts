import { stringify } from "yaml";
import { currentLogin } from "../application/database-login.ts";
import {
  type Blueprint,
  connection,
  httpProbes,
  logsOf,
  nobody,
  orFile,
  perHost,
  plain,
  productImage,
  rolling,
  runtimeSocket,
} from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import {
  authorityPath,
  databaseAuthorityFiles,
  databaseAuthorityPath,
  identityPath,
  storeFiles,
  storeTls,
} from "../mtls.ts";
import { isProtected } from "../protection.ts";
import { port, resources, scaling, type WorkloadSpec, workload } from "../workload/index.ts";

/** What every exporter needs: it keeps nothing, so it is small and replaced at will. */
const small = resources({ cpu: { request: 20, limit: 200 }, memory: { request: 32, limit: 128 } });

const alone = (plan: Blueprint) =>
  ({
    kind: "stateless",
    scaling: scaling({ kind: "fixed", replicas: 1, singleReason: "a second one would measure everything twice" }),
    rollout: rolling(plan, 10),
  }) as const;

/** CPU, memory and disks of each host. */
export function nodeExporter(plan: Blueprint): WorkloadSpec {
  return workload({
    ...plain,
    name: "node-exporter",
    part: "monitoring",
    image: productImage(plan, "nodeExporter"),
    args: [
      "--path.rootfs=/host",
      // Else it reads its own mounts, in which every disk of the host is read-only: no disk alert could ever fire.
      "--path.procfs=/host/proc",
      "--web.listen-address=:9100",
      "--no-collector.wifi",
      `--log.level=${levelWord("nodeExporter", plan.settings.logs.level)}`,
      "--log.format=json",
    ],
    ports: [port({ name: "http", number: 9100, exposure: "loopback" })],
    probes: httpProbes({ port: "http", liveness: "/", readiness: "/", tool: "wget" }),
    placement: { kind: "per-host", rollout: perHost(plan) },
    resources: small,
    user: { kind: "root", reason: "file systems mounted below folders that only root may enter would be missing" },
    volumes: [{ kind: "host", name: "root", path: "/host", hostPath: "/", readOnly: true }],
    logs: logsOf(plan, "json"),
    scrape: { port: "http", path: "/metrics" },
  });
}

/** Memory, keys and clients of the cache. */
export function redisExporter(plan: Blueprint): WorkloadSpec {
  const { cache } = plan.settings;
  const tls = storeTls(plan.settings, cache);
  const server = `${tls === "disable" ? "redis" : "rediss"}://${plan.address("cache")}:6379`;
  return workload({
    ...plain,
    name: "redis-exporter",
    part: "monitoring",
    image: productImage(plan, "redisExporter"),
    args: [
      `--redis.addr=${server}`,
      ...redisTls[tls],
      "--web.listen-address=:9121",
      `--debug=${levelWord("redisExporter", plan.settings.logs.level)}`,
      "--log-format=json",
    ],
    secretVariables: [
      {
        name: "REDIS_PASSWORD",
        secret: "cachePassword",
        // Its file has the passwords of all servers, by their addresses.
        asFile: { variable: "REDIS_PASSWORD_FILE", template: `{${JSON.stringify(server)}:"{}"}` },
      },
    ],
    secretFiles: storeFiles(plan.settings, cache, "redis-exporter"),
    ports: [port({ name: "http", number: 9121, exposure: "loopback" })],
    probes: httpProbes({ port: "http", liveness: "/health", readiness: "/health", tool: "probe-binary" }),
    placement: alone(plan),
    resources: small,
    user: { kind: "non-root", uid: 59_000, gid: 59_000 },
    logs: logsOf(plan, "json"),
    scrape: { port: "http", path: "/metrics" },
    connectsTo: [connection("cache", "redis")],
  });
}

const redisTls = {
  mutual: [
    `--tls-ca-cert-file=${authorityPath}`,
    `--tls-client-cert-file=${identityPath}`,
    `--tls-client-key-file=${identityPath}`,
  ],
  // It compares the certificate with the alias by which it asks, and can be told no other name: a listed difference.
  verify: ["--skip-tls-verification=true"],
  disable: [],
} as const;

/** In the words of a connection's address. */
const databaseTls = {
  mutual: `verify-full&sslrootcert=${authorityPath}&sslcert=${identityPath}&sslkey=${identityPath}`,
  // Without the name in its greeting lib/pq compares the certificate with no alias of ours.
  verify: `verify-ca&sslsni=0&sslrootcert=${databaseAuthorityPath}`,
  disable: "disable",
} as const;

/** Connections, locks and long transactions of the database. */
export function postgresExporter(plan: Blueprint): WorkloadSpec {
  const { database } = plan.settings;
  const login = currentLogin(database);
  const tls = databaseTls[storeTls(plan.settings, database)];
  return workload({
    ...plain,
    name: "postgres-exporter",
    part: "monitoring",
    image: productImage(plan, "postgresExporter"),
    args: [
      "--web.listen-address=:9187",
      "--collector.long_running_transactions",
      `--log.level=${levelWord("postgresExporter", plan.settings.logs.level)}`,
      "--log.format=json",
    ],
    variables: {
      DATA_SOURCE_URI: `${plan.address("database")}:5432/${database.name}?sslmode=${tls}`,
      DATA_SOURCE_USER: login.role,
    },
    secretVariables: [orFile("DATA_SOURCE_PASS", login.secret)],
    files: databaseAuthorityFiles(plan.settings),
    secretFiles: storeFiles(plan.settings, database, "postgres-exporter"),
    ports: [port({ name: "http", number: 9187, exposure: "loopback" })],
    probes: httpProbes({ port: "http", liveness: "/", readiness: "/", tool: "wget" }),
    placement: alone(plan),
    resources: small,
    user: nobody,
    logs: logsOf(plan, "json"),
    scrape: { port: "http", path: "/metrics" },
    connectsTo: [connection("database", "postgres")],
  });
}

/**
 * Asks the public address as a customer would: an unreachable site is invisible from the inside. And Alertmanager for its
 * certificate, where it has one.
 */
export function blackboxExporter(plan: Blueprint): WorkloadSpec {
  const hasCertificate = isProtected(plan.settings);
  const ip = { preferred_ip_protocol: "ip4" };
  const config = {
    modules: {
      https_2xx: { prober: "http", timeout: "5s", http: ip },
      // Only when it ends is asked: whether it is the right one, those who trust it judge.
      ...(hasCertificate && {
        certificate: {
          prober: "tcp",
          timeout: "5s",
          tcp: { ...ip, tls: true, tls_config: { insecure_skip_verify: true } },
        },
      }),
    },
  };
  return workload({
    ...plain,
    name: "blackbox-exporter",
    part: "monitoring",
    image: productImage(plan, "blackboxExporter"),
    args: [
      "--config.file=/etc/blackbox/blackbox.yml",
      "--web.listen-address=:9115",
      `--log.level=${levelWord("blackboxExporter", plan.settings.logs.level)}`,
      "--log.format=json",
    ],
    files: [{ path: "/etc/blackbox/blackbox.yml", content: stringify(config) }],
    ports: [port({ name: "http", number: 9115, exposure: "internal" })],
    probes: httpProbes({ port: "http", liveness: "/-/healthy", readiness: "/-/healthy", tool: "wget" }),
    placement: alone(plan),
    resources: small,
    user: nobody,
    logs: logsOf(plan, "json"),
    scrape: { port: "http", path: "/metrics" },
    connectsTo: [connection("gateway", "http"), ...(hasCertificate ? [connection("alertmanager", "http")] : [])],
    internet: true,
  });
}

/** Restart loops and use against limits: of containers, where a host runs them without Kubernetes. */
export function cadvisor(plan: Blueprint): WorkloadSpec {
  const host = (name: string, path: string, hostPath: string) =>
    ({ kind: "host", name, path, hostPath, readOnly: true }) as const;
  return workload({
    ...plain,
    name: "cadvisor",
    part: "monitoring",
    image: productImage(plan, "cadvisor"),
    args: [
      "--port=8080",
      "--docker_only=true",
      "--store_container_labels=true",
      `--v=${levelWord("cadvisor", plan.settings.logs.level)}`,
    ],
    ports: [port({ name: "http", number: 8080, exposure: "internal" })],
    probes: httpProbes({ port: "http", liveness: "/healthz", readiness: "/healthz", tool: "wget" }),
    placement: { kind: "per-host", rollout: perHost(plan) },
    resources: resources({ cpu: { request: 50, limit: 500 }, memory: { request: 128, limit: 384 } }),
    user: { kind: "root", reason: "reads the control groups of every container and Docker's socket" },
    volumes: [
      host("root", "/rootfs", "/"),
      runtimeSocket(plan.settings.target),
      host("sys", "/sys", "/sys"),
      host("docker", "/var/lib/docker", "/var/lib/docker"),
    ],
    logs: logsOf(plan, "product"),
    scrape: { port: "http", path: "/metrics" },
  });
}

/** Stuck rollouts and restart loops, as the Kubernetes API tells them. */
export function kubeStateMetrics(plan: Blueprint): WorkloadSpec {
  return workload({
    ...plain,
    name: "kube-state-metrics",
    part: "monitoring",
    image: productImage(plan, "kubeStateMetrics"),
    args: [
      "--port=8080",
      "--telemetry-port=8081",
      "--resources=pods,deployments,statefulsets,daemonsets,horizontalpodautoscalers,persistentvolumeclaims",
      `--namespaces=${plan.settings.target.namespaces(plan.settings.stack).join(",")}`,
      `--v=${levelWord("kubeStateMetrics", plan.settings.logs.level)}`,
    ],
    ports: [
      port({ name: "http", number: 8080, exposure: "internal" }),
      port({ name: "telemetry", number: 8081, exposure: "internal" }),
    ],
    probes: httpProbes({ port: "http", liveness: "/livez", readiness: "/healthz", tool: "probe-binary" }),
    placement: alone(plan),
    resources: small,
    user: nobody,
    logs: logsOf(plan, "product"),
    scrape: { port: "http", path: "/metrics", honorLabels: true },
    kubernetesAccess: {
      resources: [
        "pods",
        "deployments",
        "statefulsets",
        "daemonsets",
        "horizontalpodautoscalers",
        "persistentvolumeclaims",
      ],
      verbs: ["list", "watch"],
      scope: "namespace",
    },
    internet: false,
  });
}
