import {
  applicationUser,
  type Blueprint,
  checkedBy,
  connection,
  httpProbes,
  logsOf,
  orFile,
  ownImage,
  plain,
  rolling,
} from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import {
  authorityPath,
  databaseAuthorityFiles,
  databaseAuthorityPath,
  identityFiles,
  identityPath,
  mutualPort,
  probePort,
  storeTls,
} from "../mtls.ts";
import type { Settings } from "../settings.ts";
import { type Probes, port, type WorkloadSpec, workload } from "../workload/index.ts";
import { currentLogin } from "./database-login.ts";

/** The trading application's API. */
export function backend(plan: Blueprint): WorkloadSpec {
  const { backend: own } = plan.settings;
  return workload({
    ...backendProcess(plan, "backend"),
    name: "backend",
    args: ["serve"],
    ports: [port({ name: "http", number: own.port, exposure: "loopback", ...mutualPort(plan.settings) })],
    placement: { kind: "stateless", scaling: own.scaling, rollout: rolling(plan) },
    resources: own.resources,
    internet: true,
  });
}

/**
 * The same image, working off queued backtests and the outbox; answers probes and Prometheus on the same paths, on a port
 * of its own: who still knows the backend's last address, which the worker has by now, must not take it for the backend.
 */
export function worker(plan: Blueprint): WorkloadSpec {
  const { worker: own } = plan.settings;
  return workload({
    ...backendProcess(plan, "worker"),
    name: "worker",
    args: ["work"],
    ports: [port({ name: "http", number: own.port, exposure: "internal", ...mutualPort(plan.settings) })],
    placement: { kind: "stateless", scaling: own.scaling, rollout: rolling(plan, 60) },
    resources: own.resources,
    internet: true,
  });
}

/** Who may ask each: its clients by the names in their certificates. */
const clients = { backend: ["gateway", "prometheus", "alertmanager"], worker: ["prometheus"] } as const;

function backendProcess(plan: Blueprint, name: "backend" | "worker") {
  const { settings, address } = plan;
  const { backend: own, database, environment, images, logs } = settings;
  const login = currentLogin(database);
  return {
    ...plain,
    part: "application",
    image: ownImage(plan, "backend"),
    variables: {
      PORT: String(settings[name].port),
      ENVIRONMENT: environment,
      SERVICE_VERSION: images.version,
      LOG_LEVEL: levelWord("backend", logs.level),
      LOG_FORMAT: environment === "development" ? "console" : "json",
      DATABASE_HOST: address("database"),
      DATABASE_PORT: "5432",
      DATABASE_NAME: database.name,
      DATABASE_USER: login.role,
      DATABASE_TLS: storeTls(settings, database),
      ...managedDatabase(settings),
      CACHE_HOST: address("cache"),
      CACHE_PORT: "6379",
      CACHE_TLS: storeTls(settings, settings.cache),
      ...managedCache(settings),
      ...(settings.mtls ? mutual(clients[name]) : {}),
      FAULTS: String(own.faults),
    },
    secretVariables: [
      orFile("DATABASE_PASSWORD", login.secret),
      orFile("CACHE_PASSWORD", "cachePassword"),
      orFile("TOKEN_SIGNING_KEY", "tokenSigningKey"),
      orFile("ALERT_WEBHOOK_TOKEN", "alertWebhookToken"),
      orFile("ADMIN_PASSWORD", "applicationAdminPassword"),
    ],
    files: databaseAuthorityFiles(settings),
    secretFiles: identityFiles(settings, name),
    probes: backendProbes(plan),
    user: applicationUser,
    volumes: [{ kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 64 }],
    logs: logsOf(plan, environment === "development" ? "console" : "json"),
    scrape: { port: "http", path: own.metricsPath },
    connectsTo: [connection("database", "postgres"), connection("cache", "redis")],
    startsAfter: ["database", "cache"],
  } as const;
}

/** How it knows the cloud's database and cache. */
function managedDatabase({ database, target }: Settings): Readonly<Record<string, string>> {
  const tls = target.managedTls();
  return database.management === "managed" && tls !== undefined
    ? { DATABASE_TLS_AUTHORITY: databaseAuthorityPath, DATABASE_TLS_NAMES: tls.databaseNames }
    : {};
}

function managedCache({ cache, target }: Settings): Readonly<Record<string, string>> {
  const tls = target.managedTls();
  return cache.management === "managed" && tls !== undefined ? { CACHE_TLS_NAMES: tls.cacheNames } : {};
}

/** What the process is told of mTLS; the paths are those of its files. */
const mutual = (allowed: readonly string[]): Readonly<Record<string, string>> => ({
  TLS_AUTHORITY: authorityPath,
  TLS_IDENTITY: identityPath,
  TLS_CLIENTS: allowed.join(","),
  PROBE_PORT: String(probePort),
});

/** A probe has no certificate: with mTLS it asks a plain listener that is open inside the container alone, from there. */
function backendProbes({ settings }: Blueprint): Probes {
  const { livenessPath: liveness, readinessPath: readiness } = settings.backend;
  const startMinutes = 2;
  if (!settings.mtls) return httpProbes({ port: "http", liveness, readiness, tool: "wget", startMinutes });
  const ask = (path: string) =>
    ({
      kind: "command",
      command: ["sh", "-c", `wget -q -O /dev/null -T 2 http://127.0.0.1:${probePort}${path}`],
    }) as const;
  return checkedBy(ask(liveness), ask(readiness), "wget", startMinutes);
}
