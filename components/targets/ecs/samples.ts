import * as pulumi from "@pulumi/pulumi";
import {
  days,
  image,
  type ManagedCache,
  type ManagedDatabase,
  minutes,
  port,
  probe,
  probes,
  resources,
  rollout,
  type SecretName,
  type SecretSources,
  seconds,
  type WorkloadSpec,
  workload,
} from "../../workload/index.ts";
import type { TargetContext } from "../target.ts";
import { type EcsSection, ecsSection } from "./section.ts";

/** A section as a stack file would have it. */
export const section: EcsSection = ecsSection.parse({
  region: "eu-central-1",
  accountId: "111122223333",
  certificateArn: "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d-0000-1111-2222-333344445555",
});

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

const rolls = rollout({
  strategy: "rolling",
  surge: 1,
  unavailable: 0,
  rollbackOnFailure: true,
  progressDeadline: minutes(5),
  revisionsKept: 9,
  stopGracePeriod: seconds(30),
});
const timings = { interval: seconds(15), timeout: seconds(5), failureThreshold: 4 };
const quick = { interval: seconds(5), timeout: seconds(2), failureThreshold: 3 };
const asks = (live: string, ready: string, tool: "wget" | "probe-binary") =>
  probes({
    liveness: probe({ check: { kind: "http", path: live, port: "http" }, ...timings }),
    readiness: probe({ check: { kind: "http", path: ready, port: "http" }, ...quick }),
    tool,
  });

/** Stateless, public, a port below 1024, files and a secret file. */
export const edge: WorkloadSpec = workload({
  ...common,
  name: "gateway",
  image: image({ repository: "docker.io/library/nginx", version: "1.28.0-alpine" }),
  files: [{ path: "/etc/gateway/nginx.conf", content: "events {}\n" }],
  secretFiles: [{ path: "/etc/gateway/tls/key.pem", secret: "tlsPrivateKey" }],
  ports: [
    port({ name: "http", number: 80, exposure: "public" }),
    port({ name: "https", number: 443, exposure: "public" }),
  ],
  probes: asks("/-/live", "/-/ready", "wget"),
  placement: { kind: "stateless", scaling: { kind: "fixed", replicas: 2 }, rollout: rolls },
  user: { kind: "non-root", uid: 101, gid: 101 },
  volumes: [{ kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 64 }],
  connectsTo: [{ to: "backend", port: "http" }],
});

/** Stateless, scaled by itself, a startup probe, secrets by environment. */
export const backend: WorkloadSpec = workload({
  ...common,
  name: "backend",
  image: image({ repository: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/trading/backend", version: "1.4.0" }),
  variables: { PORT: "8000" },
  secretVariables: [{ name: "DATABASE_PASSWORD", secret: "databasePassword" }],
  ports: [port({ name: "http", number: 8000, exposure: "loopback" })],
  probes: probes({
    ...asks("/api/v1/health/live", "/api/v1/health/ready", "wget"),
    startup: probe({
      check: { kind: "http", path: "/api/v1/health/ready", port: "http" },
      ...quick,
      failureThreshold: 10,
    }),
  }),
  placement: {
    kind: "stateless",
    scaling: { kind: "automatic", minimum: 2, maximum: 6, target: { metric: "cpu", percent: 60 } },
    rollout: rolls,
  },
  user: { kind: "non-root", uid: 10_001, gid: 10_001 },
  connectsTo: [
    { to: "database", port: "postgres" },
    { to: "cache", port: "redis" },
  ],
  startsAfter: ["database", "cache"],
  internet: true,
});

/** Stateful: a volume, a file, a command as probe, the log store's bucket. */
export const store: WorkloadSpec = workload({
  ...common,
  name: "loki",
  part: "logging",
  image: image({ repository: "docker.io/grafana/loki", version: "3.4.2" }),
  files: [{ path: "/etc/loki/loki.yml", content: "auth_enabled: false\n" }],
  ports: [port({ name: "http", number: 3100, exposure: "loopback" })],
  probes: probes({
    liveness: probe({ check: { kind: "command", command: ["loki", "-version"] }, ...timings }),
    readiness: probe({ check: { kind: "http", path: "/ready", port: "http" }, ...quick }),
    tool: "wget",
  }),
  placement: {
    kind: "stateful",
    replicas: 1,
    rollout: rollout({
      strategy: "stop-first",
      rollbackOnFailure: true,
      progressDeadline: minutes(10),
      revisionsKept: 9,
      stopGracePeriod: seconds(60),
    }),
  },
  user: { kind: "non-root", uid: 10_001, gid: 10_001 },
  volumes: [{ kind: "persistent", name: "data", path: "/loki", sizeGiB: 20 }],
  internet: true,
  cloudAccess: "log-store",
});

/** Once a host: root, host folders, the probe binary. */
export const collector: WorkloadSpec = workload({
  ...common,
  name: "promtail",
  part: "logging",
  image: image({ repository: "docker.io/grafana/promtail", version: "3.4.2" }),
  ports: [port({ name: "http", number: 9080, exposure: "internal" })],
  probes: asks("/metrics", "/ready", "probe-binary"),
  placement: {
    kind: "per-host",
    rollout: rollout({
      strategy: "per-host",
      unavailable: 1,
      rollbackOnFailure: true,
      progressDeadline: minutes(5),
      revisionsKept: 9,
      stopGracePeriod: seconds(30),
    }),
  },
  user: { kind: "root", reason: "container logs on the host are readable by root alone" },
  volumes: [
    {
      kind: "host",
      name: "containers",
      path: "/var/lib/docker/containers",
      hostPath: "/var/lib/docker/containers",
      readOnly: true,
    },
  ],
  connectsTo: [{ to: "loki", port: "http" }],
});

export const database: ManagedDatabase = {
  kind: "managed",
  engine: "postgres",
  name: "database",
  part: "application",
  version: "17",
  instanceClass: "db.m7g.large",
  port: 5432,
  multiZone: true,
  backupRetention: days(14),
  sizeGiB: 100,
  database: "trading",
  user: "trading",
  deletionProtection: true,
  parameters: { max_connections: "200", log_min_messages: "warning" },
};

export const cache: ManagedCache = {
  kind: "managed",
  engine: "redis",
  name: "cache",
  part: "application",
  version: "7.4",
  instanceClass: "cache.m7g.large",
  port: 6379,
  multiZone: true,
  backupRetention: days(7),
  parameters: { "maxmemory-policy": "noeviction" },
};

export const members = [database, cache, backend, edge, store, collector];

const entry = (name: SecretName) =>
  ({
    kind: "secretsManager",
    arn: `arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/${name}`,
  }) as const;

const sources: SecretSources = {
  databasePassword: entry("databasePassword"),
  backupPassword: entry("backupPassword"),
  backupKey: entry("backupKey"),
  databasePasswordA: entry("databasePasswordA"),
  databasePasswordB: entry("databasePasswordB"),
  cachePassword: entry("cachePassword"),
  tokenSigningKey: entry("tokenSigningKey"),
  alertWebhookToken: entry("alertWebhookToken"),
  applicationAdminPassword: entry("applicationAdminPassword"),
  grafanaAdminPassword: entry("grafanaAdminPassword"),
  grafanaOidcClientSecret: entry("grafanaOidcClientSecret"),
  monitoringPassword: entry("monitoringPassword"),
  monitoringPasswordHash: entry("monitoringPasswordHash"),
  monitoringCertificate: entry("monitoringCertificate"),
  monitoringPrivateKey: entry("monitoringPrivateKey"),
  slackWebhookUrl: entry("slackWebhookUrl"),
  pagerdutyRoutingKey: entry("pagerdutyRoutingKey"),
  smtpPassword: entry("smtpPassword"),
  tlsCertificate: entry("tlsCertificate"),
  // Held in the Pulumi config, so that both kinds of source are looked at.
  tlsPrivateKey: { kind: "config", key: "tlsPrivateKey" },
  registryPassword: entry("registryPassword"),
  remoteWriteCredential: entry("remoteWriteCredential"),
  mtlsAuthority: entry("mtlsAuthority"),
  mtlsAuthorityKey: entry("mtlsAuthorityKey"),
  mtlsGateway: entry("mtlsGateway"),
  mtlsBackend: entry("mtlsBackend"),
  mtlsWorker: entry("mtlsWorker"),
  mtlsDatabase: entry("mtlsDatabase"),
  mtlsBackup: entry("mtlsBackup"),
  mtlsCache: entry("mtlsCache"),
  mtlsPrometheus: entry("mtlsPrometheus"),
  mtlsAlertmanager: entry("mtlsAlertmanager"),
  mtlsPostgresExporter: entry("mtlsPostgresExporter"),
  mtlsRedisExporter: entry("mtlsRedisExporter"),
};

export const context: TargetContext = {
  stack: "prod",
  environment: "production",
  domain: "trading.example.com",
  otherDomains: [],
  version: "1.4.0",
  members,
  secretSources: sources,
  secretValue: (name) => pulumi.secret(`value of ${name}`),
  heldValue: (_, name) => pulumi.secret(`value of ${name}`),
  asksCloud: false,
  probeImage: image({ repository: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/trading/probe", version: "1.4.0" }),
  registry: undefined,
  thirdParty: (original) => original,
  registryUser: undefined,
  imagesKept: 10,
};
