import {
  applicationUser,
  type Blueprint,
  connection,
  httpProbes,
  logsOf,
  ownImage,
  plain,
  rolling,
} from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { port, type WorkloadSpec, workload } from "../workload/index.ts";
import { currentLogin } from "./database-login.ts";

/** The trading application's API. */
export function backend(plan: Blueprint): WorkloadSpec {
  const { backend: own } = plan.settings;
  return workload({
    ...backendProcess(plan, own.port),
    name: "backend",
    args: ["serve"],
    ports: [port({ name: "http", number: own.port, exposure: "loopback" })],
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
    ...backendProcess(plan, own.port),
    name: "worker",
    args: ["work"],
    ports: [port({ name: "http", number: own.port, exposure: "internal" })],
    placement: { kind: "stateless", scaling: own.scaling, rollout: rolling(plan, 60) },
    resources: own.resources,
    internet: true,
  });
}

function backendProcess(plan: Blueprint, listensOn: number) {
  const { settings, address } = plan;
  const { backend: own, database, environment, images, logs } = settings;
  const login = currentLogin(database);
  return {
    ...plain,
    part: "application",
    image: ownImage(plan, "backend"),
    variables: {
      PORT: String(listensOn),
      ENVIRONMENT: environment,
      SERVICE_VERSION: images.version,
      LOG_LEVEL: levelWord("backend", logs.level),
      LOG_FORMAT: environment === "development" ? "console" : "json",
      DATABASE_HOST: address("database"),
      DATABASE_PORT: "5432",
      DATABASE_NAME: database.name,
      DATABASE_USER: login.role,
      DATABASE_TLS: database.management === "managed" ? "require" : "disable",
      CACHE_HOST: address("cache"),
      CACHE_PORT: "6379",
      CACHE_TLS: settings.cache.management === "managed" ? "require" : "disable",
      FAULTS: String(own.faults),
    },
    secretVariables: [
      { name: "DATABASE_PASSWORD", secret: login.secret },
      { name: "CACHE_PASSWORD", secret: "cachePassword" },
      { name: "TOKEN_SIGNING_KEY", secret: "tokenSigningKey" },
      { name: "ALERT_WEBHOOK_TOKEN", secret: "alertWebhookToken" },
      { name: "ADMIN_PASSWORD", secret: "applicationAdminPassword" },
    ],
    probes: httpProbes({
      port: "http",
      liveness: own.livenessPath,
      readiness: own.readinessPath,
      tool: "wget",
      startMinutes: 2,
    }),
    user: applicationUser,
    volumes: [{ kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 64 }],
    logs: logsOf(plan, environment === "development" ? "console" : "json"),
    scrape: { port: "http", path: own.metricsPath },
    connectsTo: [connection("database", "postgres"), connection("cache", "redis")],
    startsAfter: ["database", "cache"],
  } as const;
}
