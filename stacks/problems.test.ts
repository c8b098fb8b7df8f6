import { expect, test } from "vitest";
import { describePlatform } from "../components/specification.ts";
import { type Data, overlay } from "./layers.ts";
import { readSettings, SettingsError, settingsWarnings } from "./read.ts";
import { leastOfProduction, told } from "./testing.ts";

const oidc = {
  clientId: "grafana",
  authUrl: "https://id.example.com/authorize",
  tokenUrl: "https://id.example.com/token",
  apiUrl: "https://id.example.com/userinfo",
  groups: { admin: "platform", editor: "trading", viewer: "staff" },
};

const mistakes: readonly (readonly [string, Data, string])[] = [
  [
    "a slip in a section's name",
    { databse: { storageGiB: 50 } },
    "trading-platform:databse: is no key; did you mean trading-platform:database?",
  ],
  [
    "a slip deep inside",
    { backend: { scaling: { minimun: 4 } } },
    "trading-platform:backend.scaling.minimun: is no key; did you mean trading-platform:backend.scaling.minimum?",
  ],
  [
    "a slip in a target's section",
    { ecs: { acountId: "111122223333" } },
    "trading-platform:ecs.acountId: is no key; did you mean trading-platform:ecs.accountId?",
  ],
  [
    "a key one level too high",
    { retention: "15d" },
    "trading-platform:retention: is no key; it belongs to trading-platform:logs.retention or trading-platform:metrics.retention or trading-platform:backups.retention",
  ],
  [
    "text instead of a number",
    { backend: { port: "8000" } },
    'trading-platform:backend.port: "8000" must be a whole number from 1 to 65535',
  ],
  [
    "a number without its unit",
    { metrics: { retention: 15 } },
    "trading-platform:metrics.retention: 15 must be a time from 1d to 3650d, written as 30s, 1m30s, 12h or 15d",
  ],
  [
    "a retention that keeps nothing",
    { logs: { retention: "2h" } },
    'trading-platform:logs.retention: "2h" must be a time from 1d to 3650d, written as 30s, 1m30s, 12h or 15d',
  ],
  [
    "a remote store that asks for a user, and gets none",
    { metrics: { remoteWrite: { url: "https://mimir.example.com/push", authentication: "basic" } } },
    "trading-platform:metrics.remoteWrite.user: is missing: authentication basic has one",
  ],
  [
    "a password in the remote store's address",
    { metrics: { remoteWrite: { url: "https://me:secret@mimir.example.com/push", authentication: "none" } } },
    "trading-platform:metrics.remoteWrite.url: (a value that may be secret) must be a URL without user and password, as https://mimir.example.com/api/v1/push",
  ],
  [
    "a level of another product",
    { logs: { level: "warn" } },
    'trading-platform:logs.level: "warn" must be one of DEBUG, INFO, WARNING, ERROR',
  ],
  [
    "a threshold that can never be reached",
    { alerts: { thresholds: { cpuPercent: 850 } } },
    "trading-platform:alerts.thresholds.cpuPercent: 850 must be a number above 0 and below 100, in percent",
  ],
  [
    "a share that can never be exceeded",
    { alerts: { thresholds: { memoryPercent: 100 } } },
    "trading-platform:alerts.thresholds.memoryPercent: 100 must be a number above 0 and below 100, in percent",
  ],
  [
    "one alert that pages for what the objective allows",
    { alerts: { overrides: { HighErrorRate: { reason: "a test", threshold: 0.05 } } } },
    "trading-platform:alerts.overrides.HighErrorRate.threshold: 0.05 pages for errors that thresholds.availabilityPercent (99.9) allows; say more than 0.1, or raise the objective",
  ],
  [
    "an objective so low that its alert waits for more than everything",
    { alerts: { thresholds: { availabilityPercent: 90, errorRatePercent: 50 } } },
    "trading-platform:alerts.thresholds.availabilityPercent: 90 is so low that ErrorBudgetBurnFast waits for 144 % of errors, which there cannot be; say more than 93.06",
  ],
  [
    "a disk that is never free enough",
    { alerts: { thresholds: { diskFreePercent: 20 } } },
    "trading-platform:alerts.thresholds.diskFreePercent: 20 fires for ever: Prometheus leaves 20 % of its own volume; say less",
  ],
  [
    "a disk that is full before it is told",
    {
      alerts: { thresholds: { diskFullWithin: "10m" }, overrides: { DiskFullSoon: { reason: "a test", for: "15m" } } },
    },
    "trading-platform:alerts.thresholds.diskFullWithin: 10m is over before the fault has lasted 15m: the disk would be full by then; say more",
  ],
  [
    "a response time that the backend does not measure",
    { alerts: { thresholds: { responseTimeP95: "10s" } } },
    "trading-platform:alerts.thresholds.responseTimeP95: 10s is never exceeded: the backend measures up to 10 s; say less",
  ],
  [
    "a page that comes after the warning",
    { alerts: { timing: { critical: { for: "6m" } } } },
    "trading-platform:alerts.timing.critical.for: 6m is above timing.warning.for (5m): what pages would be told after what can wait; lower it",
  ],
  [
    "a page for the lesser of two",
    {
      alerts: {
        overrides: {
          BackendDown: { reason: "a test", severity: "warning" },
          BackendInstanceMissing: { reason: "a test", severity: "critical" },
        },
      },
    },
    "trading-platform:alerts.overrides.BackendInstanceMissing.severity: critical is above BackendDown, which is a warning and tells of more; make BackendDown critical too",
  ],
  [
    "an alert that is off and changed",
    { alerts: { overrides: { HighCpuUsage: { reason: "a test", off: true, threshold: 95 } } } },
    "trading-platform:alerts.overrides.HighCpuUsage.threshold: has no effect: the alert is off; remove one of the two",
  ],
  [
    "an alert of log lines that is over before they are read again",
    { alerts: { overrides: { ErrorBurst: { reason: "a test", for: "10s" } } } },
    "trading-platform:alerts.overrides.ErrorBurst.for: 10s is shorter than the time between two looks at log lines (15s): one bad look would page; say at least that",
  ],
  [
    "single sign-on over a plain connection",
    { grafana: { oidc: { ...oidc, apiUrl: "http://id.example.com/me" } } },
    'trading-platform:grafana.oidc.apiUrl: "http://id.example.com/me" must be a URL of https, without query, as https://id.example.com/oauth2/userinfo',
  ],
  [
    "single sign-on in development",
    { environment: "development", grafana: { oidc } },
    "trading-platform:grafana.oidc: is for staging and production: development's Grafana is on the developer's own host; remove the key",
  ],
  [
    "single sign-on without an address",
    { environment: "staging", domain: "localhost", grafana: { oidc } },
    'trading-platform:grafana.oidc: needs a domain that people find: domain is "localhost"; give the stack its DNS name',
  ],
  [
    "a moving tag",
    { images: { versions: { nginx: "alpine" } } },
    'trading-platform:images.versions.nginx: "alpine" must be a full version that is never moved, in quotes, as "1.28.0-alpine" (not latest, stable or 1)',
  ],
  [
    "a version that YAML takes for a number",
    { images: { version: 1.4 } },
    'trading-platform:images.version: 1.4 must be a full version that is never moved, in quotes, as "1.28.0-alpine" (not latest, stable or 1)',
  ],
  [
    "a section without content",
    { logs: null },
    "trading-platform:logs: is empty: it must be a section with keys among level, retention, storageGiB, replicas, collector",
  ],
  [
    "several Lokis where they have no bucket to share",
    { logs: { replicas: 3 } },
    "trading-platform:logs.replicas: 3 Lokis need a bucket that they share, and hosts that each hold a volume: target kubernetes with kubernetes.logStore; say 1",
  ],
  [
    "a label of as many values as there are",
    { alerts: { overrides: { BackendDown: { reason: "never sure", labels: { seen: "{{ $value }}" } } } } },
    'trading-platform:alerts.overrides.BackendDown.labels.seen: "{{ $value }}" must be text of one line without {{: a label whose value changes makes another alert each time',
  ],
  [
    "a log store without a bucket",
    { target: "kubernetes", kubernetes: { logStore: { region: "eu-central-1" } } },
    "trading-platform:kubernetes.logStore.bucket: is missing: it must be the name of a bucket: without one Loki would keep nothing",
  ],
  [
    "two Lokis",
    { logs: { replicas: 2 } },
    "trading-platform:logs.replicas: 2 is no majority when one is gone; say 1, or 3 and more",
  ],
  [
    "a collector that nobody wrote",
    { logs: { collector: "alloy" } },
    'trading-platform:logs.collector: "alloy" must be one of promtail',
  ],
  [
    "a channel that YAML takes for a comment",
    { alerts: { receivers: { slack: { channel: null } } } },
    'trading-platform:alerts.receivers.slack.channel: is empty: it must be a channel in quotes, as "#alerts"',
  ],
  [
    "an account number without quotes",
    { ecs: { accountId: 111122223333 } },
    "trading-platform:ecs.accountId: 111122223333 must be the 12 digits of the AWS account, in quotes",
  ],
  [
    "a target that there is not",
    { target: "k8s" },
    'trading-platform:target: "k8s" must be one of docker, ecs, kubernetes',
  ],
  [
    "an environment that there is not",
    { environment: "prod" },
    'trading-platform:environment: "prod" must be one of development, staging, production',
  ],
  [
    "fewer images than a rollback needs",
    { images: { keep: 3, rollbackDepth: 5 } },
    "trading-platform:images.keep: 3 is too few to go back 5 releases; keep at least 6, or lower images.rollbackDepth",
  ],
  [
    "an empty range",
    { backend: { scaling: { minimum: 10 } } },
    "trading-platform:backend.scaling.minimum: 10 must be below maximum (8); for a fixed number say replicas",
  ],
  [
    "a number beside a range",
    { backend: { scaling: { replicas: 2, minimum: 1 } } },
    "trading-platform:backend.scaling.replicas: stands beside a range; say replicas alone, or the range alone",
  ],
  [
    "two things that decide the number",
    { backend: { scaling: { cpuPercent: 50, requestsPerSecond: 100 } } },
    "trading-platform:backend.scaling.cpuPercent: or requestsPerSecond must be said, one of the two: it decides the number",
  ],
  [
    "a request above its limit",
    { worker: { resources: { memoryMiB: { request: 4096 } } } },
    "trading-platform:worker.resources.memoryMiB.request: 4096 is above the limit 1024; raise limit or lower request",
  ],
  [
    "liveness that asks for readiness",
    { backend: { livenessPath: "/ready", readinessPath: "/ready" } },
    'trading-platform:backend.livenessPath: "/ready" is the readinessPath too: an instance that is only not ready would be killed; give a path that asks the process alone',
  ],
  [
    "a scrape that outlasts its interval",
    { metrics: { scrapeTimeout: "10s" } },
    "trading-platform:metrics.scrapeTimeout: 10s is longer than metrics.scrapeInterval (5s); lower it",
  ],
  [
    "a rate over one sample",
    { alerts: { timing: { critical: { window: "10s" } } } },
    "trading-platform:alerts.timing.critical.window: 10s may hold a single sample, which has no rate; say at least 14s (twice metrics.scrapeInterval and its timeout)",
  ],
  [
    "an alert that one sample fires",
    { alerts: { timing: { critical: { for: "2s" } } } },
    "trading-platform:alerts.timing.critical.for: 2s is shorter than metrics.scrapeInterval (5s): one bad sample would page; say at least that",
  ],
  [
    "the same of one alert",
    { alerts: { overrides: { RedisDown: { reason: "we want it at once", for: "1s" } } } },
    "trading-platform:alerts.overrides.RedisDown.for: 1s is shorter than metrics.scrapeInterval (5s): one bad sample would page; say at least that",
  ],
  [
    "a page for what the objective allows",
    { alerts: { thresholds: { errorRatePercent: 1, availabilityPercent: 99 } } },
    "trading-platform:alerts.thresholds.errorRatePercent: 1 pages for errors that thresholds.availabilityPercent (99) allows; say more than 1, or raise the objective",
  ],
  [
    "an override of an alert that there is not",
    { alerts: { overrides: { HighErorRate: { reason: "we know", off: true } } } },
    "trading-platform:alerts.overrides.HighErorRate: is no key; did you mean trading-platform:alerts.overrides.HighErrorRate?",
  ],
  [
    "an override with a slip",
    { alerts: { overrides: { HighErrorRate: { reason: "we know", treshold: 1 } } } },
    "trading-platform:alerts.overrides.HighErrorRate.treshold: is no key; did you mean trading-platform:alerts.overrides.HighErrorRate.threshold?",
  ],
  [
    "an override without a reason",
    { alerts: { overrides: { HighErrorRate: { off: true } } } },
    "trading-platform:alerts.overrides.HighErrorRate.reason: is missing: it must be a sentence that says why, for whoever reads the alert",
  ],
  [
    "a threshold of an alert that has none",
    { alerts: { overrides: { BackendDown: { reason: "never sure", threshold: 2 } } } },
    "trading-platform:alerts.overrides.BackendDown.threshold: 2 may not be said: BackendDown compares with no number; remove it",
  ],
  [
    "a threshold of another kind",
    { alerts: { overrides: { HighCpuUsage: { reason: "never sure", threshold: "5m" } } } },
    'trading-platform:alerts.overrides.HighCpuUsage.threshold: "5m" must be a number above 0 and below 100, in percent',
  ],
  [
    "a label that routes go by",
    { alerts: { overrides: { BackendDown: { reason: "never sure", labels: { severity: "page" } } } } },
    'trading-platform:alerts.overrides.BackendDown.labels.severity: "page" may not be said: routes go by it; remove it',
  ],
  [
    "a label that is none",
    { alerts: { overrides: { BackendDown: { reason: "never sure", labels: { "my-ticket": "1" } } } } },
    "trading-platform:alerts.overrides.BackendDown.labels.my-ticket: has a name that is no label; use lower-case letters, digits and _",
  ],
  [
    "a cache larger than its container",
    { cache: { management: "own", memoryMiB: 8192, storageGiB: 17 } },
    "trading-platform:cache.memoryMiB: 8192 does not fit into the container's limit of 4096 MiB, so a full cache would be killed; raise cache.resources.memoryMiB.limit above it",
  ],
  [
    "a volume without room for the cache's file and its rewrite",
    { cache: { management: "own", memoryMiB: 2048, storageGiB: 4 } },
    "trading-platform:cache.storageGiB: 4 is not more than twice cache.memoryMiB (2048): the append-only file and its rewrite would not fit; say at least 5",
  ],
  [
    "a member of production left out",
    { without: ["grafana"] },
    "trading-platform:without: grafana may be left out in development only; remove the key",
  ],
  [
    "faults where customers are",
    { backend: { faults: true } },
    "trading-platform:backend.faults: true lets faults be switched on in production; they are for development only: remove the key",
  ],
  [
    "a name where a list is wanted",
    { without: "grafana" },
    'trading-platform:without: "grafana" must be a list of names, as [grafana]',
  ],
  [
    "production that nobody finds",
    { domain: "localhost" },
    'trading-platform:domain: "localhost" is where nobody but this host finds production; give its DNS name',
  ],
  [
    "a secret with two places",
    {
      secrets: {
        smtpPassword: { config: "smtp", secretsManager: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:smtp" },
      },
    },
    "trading-platform:secrets.smtpPassword: must say config, secretsManager or vault, one of the three",
  ],
];

test.each(mistakes)("%s", (_, said, message) => {
  expect(told(said)).toEqual([message]);
});

test("a right stack has no problem", () => {
  expect(told({})).toEqual([]);
});

test("a region whose databases nobody here knows is refused, until the stack says who signs for them", () => {
  const ecs = { region: "xx-north-9", accountId: "111122223333", hostedZoneId: "Z0123456789ABCDEFGHIJ" };
  const databaseAuthority = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
  expect(told({ ecs }, "prod", "ecs")).toEqual([
    "trading-platform:ecs.databaseAuthority: is missing: who signs the certificates of RDS in this region is not known here; say what https://truststore.pki.rds.amazonaws.com/<region>/<region>-bundle.pem answers",
  ]);
  expect(told({ ecs: { ...ecs, databaseAuthority } }, "prod", "ecs")).toEqual([]);
});

test("log lines are not kept for longer than the bucket keeps them", () => {
  const refusal = (retention: string, days: number) =>
    `trading-platform:logs.retention: ${retention} is not shorter than ecs.retentionDays.logChunks (${days}d), after which the bucket deletes what Loki still lists; lower it, or raise that`;
  expect(told({ logs: { retention: "400d" } }, "prod", "ecs")).toEqual([refusal("400d", 400)]);
  const least = { region: "eu-central-1", accountId: "111122223333", hostedZoneId: "Z0123456789ABCDEFGHIJ" };
  const ecs = { ...least, retentionDays: { logChunks: 20 } };
  expect(told({ ecs }, "prod", "ecs")).toEqual([refusal("30d", 20)]);
  expect(told({ logs: { retention: "399d" } }, "prod", "ecs")).toEqual([]);
  const kubernetes = { logStore: { bucket: "logs", region: "eu-central-1" } };
  expect(told({ logs: { retention: "500d" }, kubernetes }, "prod", "kubernetes")).toEqual([]);
});

test("what only the cloud can do is refused on a target without it", () => {
  const arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:tls";
  const said = {
    database: { management: "managed" },
    cache: { management: "managed" },
    secrets: { tlsPrivateKey: { secretsManager: arn } },
  };
  expect(told(said, "prod", "kubernetes")).toEqual([
    'trading-platform:database.management: "managed" is not to be had: target kubernetes runs no postgres for us; say own',
    'trading-platform:cache.management: "managed" is not to be had: target kubernetes runs no redis for us; say own',
    "trading-platform:secrets.tlsPrivateKey: target kubernetes cannot read from secretsManager; use config or vault",
  ]);
});

test("on a developer's host every port has one owner", () => {
  const said = { backend: { port: 9090 }, frontend: { port: 9090 } };
  expect(told(said, "dev", "docker")).toEqual([
    "trading-platform:backend.port: 9090 is prometheus's on the same host; choose another",
    "trading-platform:frontend.port: 9090 is prometheus's on the same host; choose another",
    "trading-platform:frontend.port: 9090 is the backend's too, on the same host; choose another",
  ]);
  expect(told(said, "prod", "ecs")).toEqual([]);
});

test("who finds the worker where the backend was does not take it for the backend", () => {
  expect(told({ worker: { port: 8000 } }, "dev", "docker")).toEqual([
    "trading-platform:worker.port: 8000 is the backend's too, and one would pass for the other; choose another",
  ]);
});

test("with mTLS the port of the plain probes is no other's", () => {
  const said = { backend: { port: 8002 }, worker: { port: 8002 } };
  const taken = "8002 is where its probes ask while mtls is on; choose another";
  expect(told({ ...said, mtls: true }, "dev", "docker")).toEqual(
    expect.arrayContaining([`trading-platform:backend.port: ${taken}`, `trading-platform:worker.port: ${taken}`]),
  );
  expect(told({ backend: { port: 8002 }, mtls: false }, "dev", "docker")).toEqual([]);
});

test("staging and production name what has no default: where they are, what they run, who sends their mail", () => {
  expect(() => readSettings({ stack: "staging", config: {} })).toThrow(SettingsError);
  try {
    readSettings({ stack: "staging", config: {} });
  } catch (error) {
    const keys = error instanceof SettingsError ? error.problems.map(({ key }) => key) : [];
    expect(keys).toEqual([
      "trading-platform:domain",
      "trading-platform:images.application",
      "trading-platform:images.version",
      "trading-platform:alerts.receivers.email.smarthost",
      "trading-platform:ecs.region",
      "trading-platform:ecs.accountId",
    ]);
  }
});

test("a stack whose name says nothing says what it is", () => {
  const message =
    'trading-platform:environment: is missing: the stack\'s name "qa" does not tell it (dev, staging and prod do); say one of development, staging, production';
  expect(told({}, "qa")).toEqual([message]);
  expect(told({ environment: "staging" }, "qa")).toEqual([]);
});

test("--target that there is not is named as what it is", () => {
  expect(told({}, "prod", "nomad")).toEqual(['--target: "nomad" must be one of docker, ecs, kubernetes']);
});

test("a single alert is overridden by its name", () => {
  const overrides = {
    HighErrorRate: { reason: "errors of a partner until May", threshold: 7.5, for: "1m", labels: { ticket: "OPS-7" } },
    SlowResponseTime: { reason: "reports are slow by nature", threshold: "3s", severity: "critical" },
    HighCpuUsage: { reason: "the hosts are batch hosts", off: true },
  };
  const config = overlay([
    { origin: "default", values: leastOfProduction },
    { origin: "stack file", values: { alerts: { overrides } } },
  ]);
  const { alerts } = describePlatform(readSettings({ stack: "prod", config }));
  const named = (name: string) => alerts.find((alert) => alert.name === name);
  expect(named("HighErrorRate")).toMatchObject({
    for: { seconds: 60 },
    severity: "critical",
    moreLabels: { ticket: "OPS-7" },
    description: expect.stringContaining("7.5 %"),
  });
  expect(named("HighErrorRate")?.expression).toMatch(/ > 7\.5$/);
  expect(named("SlowResponseTime")?.expression).toMatch(/ > 3$/);
  expect(named("SlowResponseTime")?.severity).toBe("critical");
  expect(named("HighCpuUsage")).toBeUndefined();
});

test("everything is told at once, what hangs together too", () => {
  const said = { domain: "Trading", logs: { level: "LOUD" }, images: { keep: 2 }, metrics: { scrapeTimeout: "30s" } };
  expect(told(said).map((line) => line.split(": ")[0])).toEqual([
    "trading-platform:domain",
    "trading-platform:images.keep",
    "trading-platform:logs.level",
    "trading-platform:metrics.scrapeTimeout",
  ]);
});

test.each([
  ["a password where its place belongs", { secrets: { databasePassword: "hunter2" } }, "hunter2"],
  ["a password under a key that there is not", { database: { password: "hunter2" } }, "hunter2"],
  [
    "a Slack URL as a channel",
    { alerts: { receivers: { slack: { channel: "https://hooks.slack.com/services/T0/B0/x" } } } },
    "B0",
  ],
  ["credentials inside a URL", { alerts: { receivers: { pagerduty: { url: "ftp://user:pass@host/" } } } }, "pass@"],
  ["an access key as an account", { ecs: { accountId: "AKIAIOSFODNN7EXAMPLE" } }, "AKIA"],
])("%s is not repeated in the message", (_, said, secret) => {
  const lines = told(said);
  expect(lines).not.toEqual([]);
  expect(lines.join("\n")).not.toContain(secret);
});

test("what is allowed in production and probably not meant is a warning", () => {
  const config = overlay([
    { origin: "default", values: leastOfProduction },
    {
      origin: "stack file",
      values: {
        logs: { level: "DEBUG" },
        database: { multiZone: false, deletionProtection: false },
        gateway: { scaling: { replicas: 1 } },
        alerts: {
          timing: { critical: { for: "40s" } },
          overrides: { BackendDown: { reason: "never sure", for: "15s" } },
        },
      },
    },
  ]);
  const warned = (stack: string, environment: string) =>
    settingsWarnings(readSettings({ stack, config: { ...config, environment } })).map(({ key }) => key);
  expect(warned("prod", "production")).toEqual([
    "trading-platform:logs.level",
    "trading-platform:database.multiZone",
    "trading-platform:database.deletionProtection",
    "trading-platform:alerts.heartbeatUrl",
    "trading-platform:grafana.oidc",
    "trading-platform:alerts.timing.critical",
    "trading-platform:alerts.timing.critical",
    "trading-platform:gateway.scaling",
  ]);
  expect(warned("prod", "staging")).toEqual([]);
});
