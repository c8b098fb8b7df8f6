import {
  image,
  minutes,
  port,
  probe,
  probes,
  resources,
  rollout,
  seconds,
  type WorkloadSpec,
  workload,
} from "../../workload/index.ts";

/** Workloads that between them use all that the contract has; for this folder's tests. */

const common = {
  part: "application",
  args: [],
  variables: {},
  secretVariables: [],
  files: [],
  secretFiles: [],
  readOnlyRootFilesystem: true,
  volumes: [],
  logs: { level: "INFO", format: "json" },
  connectsTo: [],
  startsAfter: [],
  internet: false,
  resources: resources({ cpu: { request: 100, limit: 500 }, memory: { request: 128, limit: 256 } }),
} as const;

const patient = { interval: seconds(15), timeout: seconds(5), failureThreshold: 4 };
const quick = { interval: seconds(5), timeout: seconds(2), failureThreshold: 3 };
const asks = (live: string, ready: string) =>
  probes({
    liveness: probe({ check: { kind: "http", path: live, port: "http" }, ...patient }),
    readiness: probe({ check: { kind: "http", path: ready, port: "http" }, ...quick }),
    tool: "wget",
  });

const kept = { rollbackOnFailure: true, revisionsKept: 9, stopGracePeriod: seconds(30) } as const;
const rolls = rollout({ ...kept, strategy: "rolling", surge: 1, unavailable: 0, progressDeadline: minutes(5) });
const stopsFirst = rollout({ ...kept, strategy: "stop-first", progressDeadline: minutes(10) });

/** Stateless, public, ports below 1024, a file and secret files. */
export const gateway: WorkloadSpec = workload({
  ...common,
  name: "gateway",
  image: image({ repository: "docker.io/library/nginx", version: "1.28.0-alpine" }),
  args: ["nginx", "-g", "daemon off;"],
  files: [{ path: "/etc/gateway/nginx.conf", content: "events {}\n" }],
  secretFiles: [
    { path: "/etc/gateway-tls/certificate.pem", secret: "tlsCertificate" },
    { path: "/etc/gateway-tls/key.pem", secret: "tlsPrivateKey" },
  ],
  ports: [
    port({ name: "https", number: 443, exposure: "public" }),
    port({ name: "http", number: 80, exposure: "public" }),
  ],
  probes: asks("/-/live", "/-/ready"),
  placement: { kind: "stateless", scaling: { kind: "fixed", replicas: 2 }, rollout: rolls },
  user: { kind: "non-root", uid: 101, gid: 102 },
  volumes: [{ kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 64 }],
  connectsTo: [{ to: "backend", port: "http" }],
});

/** Stateless, scaled by itself, a startup probe, secrets as variables, the internet. */
export const backend: WorkloadSpec = workload({
  ...common,
  name: "backend",
  image: image({ repository: "ghcr.io/example/trading/backend", version: "1.4.0" }),
  variables: { PORT: "8000", PRICE: "5$(USD)" },
  secretVariables: [{ name: "DATABASE_PASSWORD", secret: "databasePassword" }],
  ports: [port({ name: "http", number: 8000, exposure: "loopback" })],
  probes: probes({
    ...asks("/health/live", "/health/ready"),
    startup: probe({ check: { kind: "tcp", port: "http" }, ...quick, failureThreshold: 24 }),
  }),
  placement: {
    kind: "stateless",
    scaling: { kind: "automatic", minimum: 2, maximum: 6, target: { metric: "cpu", percent: 60 } },
    rollout: rolls,
  },
  user: { kind: "non-root", uid: 10_001, gid: 10_001 },
  scrape: { port: "http", path: "/metrics" },
  connectsTo: [{ to: "database", port: "postgres" }],
  startsAfter: ["database"],
  internet: true,
});

/** Stateful: a volume, a secret file, commands as probes. */
export const database: WorkloadSpec = workload({
  ...common,
  name: "database",
  image: image({ repository: "docker.io/library/postgres", version: "17.6-alpine" }),
  secretFiles: [{ path: "/etc/database/password", secret: "databasePassword", template: "{}\n" }],
  ports: [port({ name: "postgres", number: 5432, exposure: "loopback" })],
  probes: probes({
    liveness: probe({ check: { kind: "command", command: ["pg_ctl", "status"] }, ...patient }),
    readiness: probe({ check: { kind: "command", command: ["pg_isready", "-U", "trading"] }, ...quick }),
    tool: "wget",
  }),
  placement: { kind: "stateful", replicas: 1, rollout: stopsFirst },
  user: { kind: "non-root", uid: 70, gid: 70 },
  volumes: [{ kind: "persistent", name: "data", path: "/var/lib/postgresql/data", sizeGiB: 20 }],
});

/** Once a host, as root, with folders of the host; reads the Kubernetes API. */
export const promtail: WorkloadSpec = workload({
  ...common,
  name: "promtail",
  part: "logging",
  image: image({ repository: "docker.io/grafana/promtail", version: "3.4.2" }),
  files: [{ path: "/etc/promtail/promtail.yml", content: "server: {}\n" }],
  ports: [port({ name: "http", number: 9080, exposure: "internal" })],
  probes: asks("/metrics", "/ready"),
  placement: {
    kind: "per-host",
    rollout: rollout({ ...kept, strategy: "per-host", unavailable: 1, progressDeadline: minutes(5) }),
  },
  user: { kind: "root", reason: "container logs are readable by root alone" },
  volumes: [
    { kind: "host", name: "pods", path: "/var/log/pods", hostPath: "/var/log/pods", readOnly: true },
    { kind: "host", name: "positions", path: "/positions", hostPath: "/var/lib/positions", readOnly: false },
  ],
  scrape: { port: "http", path: "/metrics" },
  kubernetesAccess: { resources: ["pods"], verbs: ["get", "list", "watch"], scope: "namespace" },
});

/** Reads everybody's metrics, across the two namespaces; rights in the whole cluster. */
export const prometheus: WorkloadSpec = workload({
  ...common,
  name: "prometheus",
  part: "monitoring",
  image: image({ repository: "docker.io/prom/prometheus", version: "v3.5.0" }),
  ports: [port({ name: "http", number: 9090, exposure: "loopback" })],
  probes: asks("/-/healthy", "/-/ready"),
  placement: { kind: "stateful", replicas: 1, rollout: stopsFirst },
  user: { kind: "non-root", uid: 65_534, gid: 65_534 },
  volumes: [{ kind: "persistent", name: "data", path: "/prometheus", sizeGiB: 50 }],
  connectsTo: [
    { to: "backend", port: "http" },
    { to: "promtail", port: "http" },
  ],
  kubernetesAccess: { resources: ["pods", "deployments"], verbs: ["get", "list", "watch"], scope: "cluster" },
});

export const samples: readonly WorkloadSpec[] = [database, backend, gateway, promtail, prometheus];
