import { sinkName, sinkReceivers } from "../components/alerts/sink.ts";
import { logEvents, metricNames } from "../components/application/telemetry.ts";
import type { Environment } from "../components/settings.ts";
import type { BoundTarget } from "../components/targets/target.ts";
import { type SecretName, secretNames } from "../components/workload/index.ts";
import { productVersions } from "./product-versions.ts";
import type { SettingsInput } from "./schema.ts";

/** What holds when a stack file says nothing, written as a stack file would. */
export type Defaults = DeepPartial<SettingsInput>;

type DeepPartial<T> = T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> } : T;

/** Stacks whose name says what they are. */
export const environmentOfStack: ReadonlyMap<string, Environment> = new Map([
  ["dev", "development"],
  ["staging", "staging"],
  ["prod", "production"],
]);

/** Development runs on the developer's own Docker, what customers or testers see on ECS. */
export const defaultTarget: Readonly<Record<Environment, string>> = {
  development: "docker",
  staging: "ecs",
  production: "ecs",
};

/** The same in every environment. */
export const commonDefaults: Defaults = {
  without: [],
  drills: false,
  mtls: false,
  // As AWS Security Hub asks (SecretsManager.4, "rotated within a specified number of days"): it begins with 90.
  secretMaxAge: "90d",
  logs: { replicas: 1, collector: "promtail" },
  images: {
    versions: productVersions,
    // The requirement's number; with the one that runs, all the others can be gone back to.
    keep: 10,
    rollbackDepth: 9,
  },
  backend: {
    port: 8000,
    livenessPath: "/api/v1/health/live",
    readinessPath: "/api/v1/health/ready",
    metricsPath: "/api/v1/metrics/prometheus",
    faults: false,
    metricNames,
    logEvents,
  },
  worker: { port: 8001 },
  frontend: { port: 3000, livenessPath: "/live", readinessPath: "/ready" },
  gateway: {
    apiPaths: ["/api"],
    // Of the routes below /api: those that are "internal", and an operator's.
    hiddenPaths: [
      "/api/v1/metrics",
      "/api/v1/health/metrics",
      "/api/v1/health/detailed",
      "/api/v1/webhooks",
      "/api/v1/admin",
    ],
  },
  database: { name: "trading", user: "trading", login: "owner" },
  grafana: {},
  alerts: {
    thresholds: {
      // One answer in twenty: a broken release or dependency, far above the stray failures of a healthy day.
      errorRatePercent: 5,
      // People notice a wait from one second on (Nielsen, "Response Times: The 3 Important Limits").
      responseTimeP95: "1s",
      // 43 minutes a month: the usual objective of a business application (Google, "The Site Reliability Workbook", 5).
      availabilityPercent: 99.9,
      // The rest is for a rollout, in which old and new instances hold connections side by side.
      databaseConnectionsPercent: 80,
      // An order takes milliseconds; five minutes of locks stop the others.
      longRunningQuery: "5m",
      // A day from one to the next, and six hours in which one that failed was tried again every minute.
      backupAge: "30h",
      // With noeviction a full cache refuses writes: a tenth is left to react.
      redisMemoryPercent: 90,
      // Minutes above it: automatic scaling (60 %) has had its chance and was not enough.
      cpuPercent: 85,
      // The kernel kills at 100; a host that swaps nothing needs some cache for files.
      memoryPercent: 90,
      // At a tenth, databases and Prometheus still have days; below 5 % ext4 reserves for root.
      diskFreePercent: 10,
      // Time to come, look, and make room, in the night too.
      diskFullWithin: "4h",
      // Signed exchange requests are refused by then, and log lines of two hosts are in the wrong order.
      clockOffset: "50ms",
      // ACM and cert-manager renew 60 and 30 days before the end: by then they have failed for two weeks.
      certificateRemaining: "14d",
      // They are made for 30 days and renewed in the last ten: by then nobody has for three.
      memberCertificateRemaining: "7d",
      // A tenth is one large request away from the kernel's kill.
      containerMemoryPercent: 90,
      // A rollout replaces an instance once, a crash restarts it once; four times is a loop.
      restarts: 3,
      // Exchanges refuse some orders by right (price, balance); one in ten is no longer the customers' doing.
      orderFailurePercent: 10,
      // A worker does about ten a minute: ten minutes of work that nobody takes.
      backtestQueueLength: 100,
      // From there on the oldest metrics go before their time.
      metricStoragePercent: 90,
      // Shards are added within a minute; the write-ahead log keeps two hours to catch up.
      remoteWriteLag: "5m",
      // One every two seconds: no longer single requests that went wrong.
      errorLinesPerMinute: 30,
      // People mistype a few times a minute; a list of stolen passwords is tried many times a second.
      failedLoginsPerMinute: 60,
    },
    timing: {
      // Three scrapes of 15 s; one that is lost leaves two, which a rate needs. for: window, a blip of 10 s and a slow scrape.
      critical: { window: "45s", for: "75s" },
      // Long enough to be no blip: nobody gets up for it, so nobody waits for it either.
      warning: { window: "2m", for: "5m" },
    },
    // An example: put where this repository's docs/runbooks can be read.
    runbookUrl: "https://github.com/example/trading-platform/blob/main/docs/runbooks",
    overrides: {},
    silences: {},
    maintenance: {},
    receivers: {
      slack: { channel: "#alerts" },
      pagerduty: { url: "https://events.pagerduty.com/v2/enqueue" },
      webhook: { path: "/api/v1/webhooks/alerts" },
    },
  },
};

/**
 * What follows from the target: the cloud runs database and cache where it can and the environment is not a laptop;
 * on a single host there is one gateway, because its ports are the host's.
 * Without a target (its section is wrong) it is what every target can.
 */
export function targetDefaults(target: BoundTarget | undefined, stack: string, environment: Environment): Defaults {
  const management = (engine: BoundTarget["managed"][number]) =>
    environment !== "development" && target?.managed.includes(engine) ? "managed" : "own";
  return {
    database: { management: management("postgres") },
    cache: { management: management("redis") },
    // A laptop pages nobody.
    ...(environment === "development"
      ? { alerts: { receivers: sinkReceivers(target?.address(sinkName, stack) ?? sinkName) } }
      : {}),
    ...(target?.loopback ? { gateway: { scaling: { replicas: 1 } } } : {}),
    secrets: Object.fromEntries(secretNames.map((name) => [name, sourceInput(target, name, stack)])),
  };
}

function sourceInput(target: BoundTarget | undefined, name: SecretName, stack: string) {
  const source = target?.secretSource(name, stack) ?? { kind: "config", key: name };
  switch (source.kind) {
    case "config":
      return { config: source.key };
    case "secretsManager":
      return { secretsManager: source.arn };
    case "vault":
      return { vault: { path: source.path, key: source.key } };
  }
}

/** What follows from the domain: mail comes from it and goes to the team in it. */
export const domainDefaults = (domain: string): Defaults => ({
  alerts: {
    receivers: {
      email: { to: `database-team@${domain}`, from: `alerts@${domain}`, user: `alerts@${domain}` },
    },
  },
});
