import { z } from "zod";
import { databaseLogins } from "../components/application/database-login.ts";
import { logCollectors } from "../components/settings.ts";
import { logLevels, type SecretName, type SecretSource } from "../components/workload/index.ts";
import { alertsSection } from "./alerts-schema.ts";
import { choice, duration, flag, httpPath, httpPaths, names, section, text, whole } from "./fields.ts";
import { grafanaSection } from "./grafana-schema.ts";
import { imagesSection } from "./images-schema.ts";
import { remoteWrite } from "./remote-write-schema.ts";
import { resources, scaling } from "./service-schema.ts";
import { entryKey, entryPath, vaultSection } from "./vault-schema.ts";

/** What a stack file may say, section by section; each reads into the same field of `components/settings.ts`. */

export const environments = ["development", "staging", "production"] as const;

const service = { scaling, resources };

const httpService = {
  ...service,
  port: whole("TCP port on which it listens, in the container and on the loopback of a developer's host.", 1, 65_535),
  livenessPath: httpPath("Asks the process only: fails, and the instance is replaced."),
  readinessPath: httpPath("Started and not draining: fails, and the instance gets no traffic."),
};

const metricName = (what: string) =>
  text(what, /^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "a Prometheus metric name, as app_http_requests_total");

const logEvent = (what: string) =>
  text(what, /^[A-Za-z][\w.-]*$/, "a word of letters, digits, _, . and -, as login_failed");

const backend = section("The trading application's API.", {
  ...httpService,
  metricsPath: httpPath("Where Prometheus scrapes it."),
  faults: flag("An admin can switch faults on, for drills; in development only."),
  metricNames: section("Names under which the backend counts what the alerts watch.", {
    requests: metricName("Counter of HTTP requests, with the label status."),
    requestDuration: metricName("Histogram of their duration in seconds, without _bucket."),
    tradingHealthy: metricName("Gauge: 1 while orders are executed, 0 otherwise."),
    orders: metricName("Counter of orders, with the label state."),
    backtestQueue: metricName("Gauge: backtests that wait."),
    certificateEnd: metricName("Gauge: when a certificate of mTLS ends, with the label certificate."),
  }),
  logEvents: section("Values of the field event in the JSON log lines that the alerts watch.", {
    alive: logEvent("Written every minute, whatever the log level."),
    loginFailed: logEvent("Wrong password or unknown user, whatever the log level."),
    unhandledException: logEvent("An error that nobody expected."),
  }),
});

const management = choice("Who runs it: a container of our own, or the cloud.", ["own", "managed"]);
const multiZone = flag("Managed only: a standby in a second zone takes over by itself.");
const identifier = (what: string) =>
  text(what, /^[a-z_][a-z0-9_]{0,62}$/, "lower-case letters, digits and _, at most 63, as trading");

const database = section("PostgreSQL.", {
  management,
  name: identifier("Name of the database."),
  // Names of roles end at 63 letters, and its own group is called <user>_owner.
  user: text(
    "Administrator of the database, and the application's user while login is owner.",
    /^[a-z_][a-z0-9_]{0,56}$/,
    "lower-case letters, digits and _, at most 57, as trading",
  ),
  login: choice(
    "By which role the application logs in: the user itself, or one of two that take turns; ./platform secrets rotate changes it.",
    databaseLogins,
  ),
  storageGiB: whole("Size of its volume; it can grow, never shrink.", 1, 65_536, "GiB"),
  maxConnections: whole("Connections that the server takes; HighDatabaseConnections counts in it.", 20, 5000),
  resources,
  instanceClass: text(
    "Managed only: the cloud's name of the size.",
    /^db\.[a-z0-9]+\.[a-z0-9]+$/,
    "a class of RDS, as db.m7g.large",
  ),
  multiZone,
  deletionProtection: flag("Managed only: nobody deletes it by a stack change; it is switched off first."),
});

const backups = section(
  "Backups of the database. An own one's are taken, encrypted and proven by the workload backup.",
  {
    retention: duration("How far back the database can be restored; managed: 35d at most.", "1d", "365d"),
    // Below an hour a restore is proven nearly all the time, and the log between two backups is kept anyway.
    every: duration("Own only: from one base backup to the next; not longer than the retention.", "1h", "7d"),
    storageGiB: whole(
      "Own only: size of the volume with the backups and the copy that proves one; above database.storageGiB.",
      1,
      65_536,
      "GiB",
    ),
    resources,
  },
);

const cache = section("Redis: queued backtests, and what an admin switched in running instances.", {
  management,
  memoryMiB: whole("maxmemory of an own cache.", 16, 262_144, "MiB"),
  storageGiB: whole("Size of its volume, for the append-only file; more than twice the memory.", 1, 65_536, "GiB"),
  resources,
  instanceClass: text(
    "Managed only: the cloud's name of the size.",
    /^cache\.[a-z0-9]+\.[a-z0-9]+$/,
    "a class of ElastiCache, as cache.m7g.large",
  ),
  multiZone,
});

const logs = section("Logs of everything, kept by Loki.", {
  level: choice("Log level of every product, in its own words.", logLevels),
  // grafana.com/docs/loki, "Log retention": the compactor's minimum is 24h.
  retention: duration("How long log lines are kept.", "1d", "3650d"),
  storageGiB: whole("Size of Loki's volume.", 1, 16_384, "GiB"),
  // Three keep each line twice when one is gone; more share the work.
  replicas: whole("Lokis side by side: 1, or 3 and more on Kubernetes with kubernetes.logStore.", 1, 9),
  collector: choice("What reads the containers' lines and sends them to Loki.", logCollectors),
});

const metrics = section("Metrics, kept by Prometheus.", {
  // A block is two hours; below a day nothing of yesterday's incident is left.
  retention: duration("How long metrics are kept.", "1d", "3650d"),
  // Alerts count in windows of one minute: above 30 s a window holds one sample, and one sample has no rate.
  scrapeInterval: duration("How often every product is scraped and every alert is evaluated.", "1s", "30s"),
  scrapeTimeout: duration("Longest answer to a scrape; not longer than the interval.", "1s", "30s"),
  storageGiB: whole("Size of Prometheus' volume; 80 % of it is used.", 1, 16_384, "GiB"),
  remoteWrite: remoteWrite.exactOptional(),
});

const secretSource = section("Where a secret's value is held; never the value.", {
  config: text(
    "Key of the namespace secrets: in the stack's encrypted config.",
    /^[A-Za-z][A-Za-z0-9]*$/,
    "a key of the namespace secrets:, as databasePassword",
  ).exactOptional(),
  secretsManager: text(
    "ARN of an entry of AWS Secrets Manager.",
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/,
    "an ARN, as arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/databasePassword",
  ).exactOptional(),
  vault: section("An entry of HashiCorp Vault, KV version 2; vault says where it is.", {
    path: entryPath,
    key: entryKey,
  }).exactOptional(),
}).transform(({ config, secretsManager, vault }, context): SecretSource => {
  const sources: readonly SecretSource[] = [
    ...(config === undefined ? [] : [{ kind: "config", key: config } as const]),
    ...(secretsManager === undefined ? [] : [{ kind: "secretsManager", arn: secretsManager } as const]),
    ...(vault === undefined ? [] : [{ kind: "vault", ...vault } as const]),
  ];
  const [source] = sources;
  if (source !== undefined && sources.length === 1) return source;
  context.addIssue({ code: "custom", message: "must say config, secretsManager or vault, one of the three" });
  return z.NEVER;
});

const secrets = section(
  "Where each secret is held. Values are in the namespace secrets:, encrypted, or in the cloud.",
  {
    databasePassword: secretSource,
    backupPassword: secretSource,
    backupKey: secretSource,
    databasePasswordA: secretSource,
    databasePasswordB: secretSource,
    cachePassword: secretSource,
    tokenSigningKey: secretSource,
    alertWebhookToken: secretSource,
    applicationAdminPassword: secretSource,
    grafanaAdminPassword: secretSource,
    grafanaOidcClientSecret: secretSource,
    monitoringPassword: secretSource,
    monitoringPasswordHash: secretSource,
    monitoringCertificate: secretSource,
    monitoringPrivateKey: secretSource,
    slackWebhookUrl: secretSource,
    pagerdutyRoutingKey: secretSource,
    smtpPassword: secretSource,
    tlsCertificate: secretSource,
    tlsPrivateKey: secretSource,
    registryPassword: secretSource,
    remoteWriteCredential: secretSource,
    mtlsAuthority: secretSource,
    mtlsAuthorityKey: secretSource,
    mtlsGateway: secretSource,
    mtlsBackend: secretSource,
    mtlsWorker: secretSource,
    mtlsDatabase: secretSource,
    mtlsBackup: secretSource,
    mtlsCache: secretSource,
    mtlsPrometheus: secretSource,
    mtlsAlertmanager: secretSource,
    mtlsPostgresExporter: secretSource,
    mtlsRedisExporter: secretSource,
  } satisfies Record<SecretName, typeof secretSource>,
);

const domain = text(
  "Where customers find the application.",
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/,
  "a DNS name in lower case, as trading.example.com",
);

/** Every section but `target` and the targets' own: which there are is not known here. */
export const settingsSchema = z.strictObject({
  environment: choice("What the stack is for; decides the defaults.", environments),
  domain,
  without: names(
    "Members of the platform that are left out, as grafana where its image cannot be had; in development only.",
    "grafana",
  ),
  drills: flag("./platform drill may break it on purpose; dev may be broken anyway, other environments never."),
  mtls: flag(
    "Gateway, backend, worker, database, cache and monitoring ask each other for certificates; ./platform certs makes them.",
  ),
  images: imagesSection,
  logs,
  metrics,
  backend,
  worker: section("The backend's image, working off queued backtests.", {
    ...service,
    port: whole("TCP port of its probes and metrics, in the container; never the backend's.", 1, 65_535),
  }),
  frontend: section("The page that customers see.", httpService),
  gateway: section("nginx: the one way in for customers.", {
    ...service,
    apiPaths: httpPaths("What the backend answers, with what lies below; the frontend answers all else.", "/api"),
    hiddenPaths: httpPaths(
      "What customers may not see, with what lies below; backend.metricsPath and the alerts' webhook are never seen.",
      "/api/v1/admin",
    ),
  }),
  database,
  backups,
  cache,
  grafana: grafanaSection,
  alerts: alertsSection,
  secrets,
  vault: vaultSection.exactOptional(),
  secretMaxAge: duration(
    "A secret that was not changed for longer is too old: ./platform secrets check.",
    "1d",
    "3650d",
  ),
});

/** What a stack file says, as it is written. */
export type SettingsInput = z.input<typeof settingsSchema>;
/** The same, read. */
export type SettingsSections = z.output<typeof settingsSchema>;
