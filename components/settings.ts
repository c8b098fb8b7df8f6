import type { AlertName } from "./alerts/names.ts";
import type { DatabaseLogin } from "./application/database-login.ts";
import type { BoundTarget } from "./targets/target.ts";
import type { VaultSettings } from "./vault/settings.ts";
import type { Duration, LogLevel, Resources, Scaling, SecretSources } from "./workload/index.ts";

/** What an environment is: read from its stack file by `stacks/`, checked and complete. Everything below is made of it. */
export interface Settings {
  readonly stack: string;
  readonly environment: Environment;
  readonly target: BoundTarget;
  /** Where customers find the application, as `trading.example.com`; `localhost` in dev. */
  readonly domain: string;
  /** Members of the platform that are left out; in development only. */
  readonly without: readonly string[];
  /** Whether `./platform drill` may break it; dev may be broken anyway. */
  readonly drills: boolean;
  /** Whether members of the platform ask each other for certificates: `components/mtls.ts`. */
  readonly mtls: boolean;
  readonly images: ImageSettings;
  readonly logs: LogSettings;
  readonly metrics: MetricSettings;
  readonly backend: BackendSettings;
  readonly worker: WorkerSettings;
  readonly frontend: FrontendSettings;
  readonly gateway: GatewaySettings;
  readonly database: DatabaseSettings;
  readonly backups: BackupSettings;
  readonly cache: CacheSettings;
  readonly grafana: GrafanaSettings;
  readonly alerts: AlertSettings;
  readonly secrets: SecretSources;
  /** Where Vault is, for secrets that it holds. */
  readonly vault?: VaultSettings;
  /** A secret that was not changed for longer is told by `./platform secrets check`. */
  readonly secretMaxAge: Duration;
}

export type Environment = "development" | "staging" | "production";

/** Third-party products, by the name that the settings' `images.versions` use. */
export const products = [
  "nginx",
  "postgres",
  "redis",
  "prometheus",
  "alertmanager",
  "grafana",
  "loki",
  "promtail",
  "nodeExporter",
  "redisExporter",
  "postgresExporter",
  "blackboxExporter",
  "cadvisor",
  "kubeStateMetrics",
] as const;
export type Product = (typeof products)[number];

export interface ImageSettings {
  /** Replaces every image's registry: a mirror, or an air-gapped registry. */
  readonly registry?: string;
  /** User of that registry; the password is the secret `registryPassword`. */
  readonly registryUser?: string;
  /** Where copies of the third-party images are, as `registry.example.com/mirror`; default: they come from their makers. */
  readonly mirror?: string;
  /** Digests of those copies, by the maker's own reference, as `docker.io/library/nginx:1.28.0-alpine`. */
  readonly mirrored?: Readonly<Record<string, string>>;
  /** Where the application's own images are, as `ghcr.io/example/trading`: `/backend`, `/frontend`, `/backup`, `/probe` follow. */
  readonly application: string;
  /** Version of the application's release. */
  readonly version: string;
  /** Digests of the release's images, by service, as far as they are known. */
  readonly digests?: Readonly<Record<string, string>>;
  /** Version of each third-party product: a pinned tag. */
  readonly versions: Readonly<Record<Product, string>>;
  /** Images of a service that are kept; not fewer than `rollbackDepth` + 1. */
  readonly keep: number;
  /** How many releases back a rollback can go. */
  readonly rollbackDepth: number;
}

export interface LogSettings {
  readonly level: LogLevel;
  readonly retention: Duration;
  /** Size of Loki's volume. */
  readonly storageGiB: number;
  /** Of Loki: above one they share a bucket, and the loss of one loses no line. */
  readonly replicas: number;
  readonly collector: LogCollector;
}

/** What reads the containers' lines and sends them to Loki; `components/logging/collectors.ts` has each. */
export const logCollectors = ["promtail"] as const;
export type LogCollector = (typeof logCollectors)[number];

export interface MetricSettings {
  readonly retention: Duration;
  readonly scrapeInterval: Duration;
  /** Not longer than the interval. */
  readonly scrapeTimeout: Duration;
  /** Size of Prometheus' volume. */
  readonly storageGiB: number;
  /** A second store beyond this machine, as Mimir, Thanos or a managed Prometheus. */
  readonly remoteWrite?: RemoteWrite;
}

export interface RemoteWrite {
  readonly url: string;
  /** How it knows us; the password or token is the secret `remoteWriteCredential`. */
  readonly authentication: "none" | "basic" | "bearer";
  /** Of `basic`. */
  readonly user?: string;
  /** Connections that send at the same time, at most; default: Prometheus' own. */
  readonly maxShards?: number;
  /** Samples in one request, at most; default: Prometheus' own. */
  readonly samplesPerSend?: number;
}

export interface ServiceSettings {
  readonly scaling: Scaling;
  readonly resources: Resources;
}

/** Of the customer's application: another one takes the place of ours by these alone. */
export interface HttpServiceSettings extends ServiceSettings {
  readonly port: number;
  /** Asks the process only. */
  readonly livenessPath: string;
  /** Started and not draining. */
  readonly readinessPath: string;
}

export interface BackendSettings extends HttpServiceSettings {
  /** Whether an admin can switch faults on, for drills; in development only. */
  readonly faults: boolean;
  readonly metricsPath: string;
  readonly metricNames: MetricNames;
  readonly logEvents: LogEvents;
}

export interface WorkerSettings extends ServiceSettings {
  /** Its probes and metrics; never the backend's: an address that changed hands would pass the one for the other. */
  readonly port: number;
}

export interface GatewaySettings extends ServiceSettings {
  /** What the backend answers, with what lies below; the frontend answers all else. */
  readonly apiPaths: readonly string[];
  /** What customers may not see, with what lies below; the backend's metrics and the alerts' webhook are never seen. */
  readonly hiddenPaths: readonly string[];
}

export type FrontendSettings = HttpServiceSettings;

/** Names under which the backend counts what the alerts watch. */
export interface MetricNames {
  readonly requests: string;
  readonly requestDuration: string;
  readonly tradingHealthy: string;
  readonly orders: string;
  readonly backtestQueue: string;
  readonly certificateEnd: string;
}

/** Values of the field `event` of the log lines that the alerts watch. */
export interface LogEvents {
  readonly alive: string;
  readonly loginFailed: string;
  readonly unhandledException: string;
}

export interface DatabaseSettings {
  readonly management: "own" | "managed";
  readonly name: string;
  /** Administrator of the database; the first to log in for the application. */
  readonly user: string;
  /** By which role the application logs in. */
  readonly login: DatabaseLogin;
  readonly storageGiB: number;
  readonly maxConnections: number;
  /** Of an own database. */
  readonly resources: Resources;
  /** Of a managed database. */
  readonly instanceClass: string;
  readonly multiZone: boolean;
  readonly deletionProtection: boolean;
}

export interface BackupSettings {
  /** How far back the database can be restored, an own one and a managed one. */
  readonly retention: Duration;
  /** Of an own database: from the start of a base backup to the start of the next; the log between them is kept too. */
  readonly every: Duration;
  /** Of an own database: size of the volume with the backups, and with the copy that proves one. */
  readonly storageGiB: number;
  /** Of an own database. */
  readonly resources: Resources;
}

export interface CacheSettings {
  readonly management: "own" | "managed";
  /** `maxmemory` of the cache. */
  readonly memoryMiB: number;
  readonly storageGiB: number;
  readonly resources: Resources;
  readonly instanceClass: string;
  readonly multiZone: boolean;
}

export interface GrafanaSettings {
  /** Where people log in; Grafana is public where it is said. */
  readonly oidc?: OidcSettings;
}

/** An OpenID Connect provider. The client's secret is the secret `grafanaOidcClientSecret`. */
export interface OidcSettings {
  readonly clientId: string;
  /** The provider's endpoints: authorization, token and userinfo. */
  readonly authUrl: string;
  readonly tokenUrl: string;
  readonly apiUrl: string;
  /** Default: `openid profile email groups`. */
  readonly scopes?: string;
  /** Claim with the groups of a person, a list of names; default: `groups`. */
  readonly groupsClaim?: string;
  /** Group that makes a person what Grafana calls by these names; who is in none is not let in. */
  readonly groups: { readonly admin: string; readonly editor: string; readonly viewer: string };
}

export interface AlertSettings {
  readonly thresholds: AlertThresholds;
  /** How long alerts look back, and how long a fault must last before they fire. */
  readonly timing: { readonly critical: AlertTiming; readonly warning: AlertTiming };
  readonly receivers: Receivers;
  /** Folder of the runbooks, without a slash at the end; `/<AlertName>.md` follows. */
  readonly runbookUrl: string;
  /** Gets a request a minute while alerts can be delivered; the stack has a Watchdog only where it is said. */
  readonly heartbeatUrl?: string;
  /** What the stack wants otherwise of single alerts. */
  readonly overrides: AlertOverrides;
  readonly silences: Silences;
  readonly maintenance: MaintenanceWindows;
}

/** What is silent for once, by its name. */
export type Silences = Readonly<Record<string, Silence>>;

export interface Silence {
  readonly reason: string;
  /** Who ends it, or is asked. */
  readonly owner: string;
  /** ISO 8601 in UTC, as `2026-12-01T08:00:00.000Z`; default: when it is applied. */
  readonly starts?: string;
  readonly ends: string;
  /** Labels that an alert has, all of them. */
  readonly matchers: Readonly<Record<string, string>>;
}

/** Hours in which warnings reach no person, by their name. */
export type MaintenanceWindows = Readonly<Record<string, MaintenanceWindow>>;

export interface MaintenanceWindow {
  readonly reason: string;
  /** Default: every day. */
  readonly days?: readonly string[];
  /** Times of the day in UTC, as `02:00`; `to` is the later one. */
  readonly from: string;
  readonly to: string;
}

export interface AlertTiming {
  /** Of rates. */
  readonly window: Duration;
  readonly for: Duration;
}

/** By name: in the type too, so that a slip is found. */
export type AlertOverrides = { readonly [Name in AlertName]?: AlertOverride };

export interface AlertOverride {
  /** Shown beside the alert by `./platform alerts`. */
  readonly reason: string;
  readonly off?: boolean;
  /** In place of the stack's threshold; only for alerts that have one. */
  readonly threshold?: number | Duration;
  readonly for?: Duration;
  readonly severity?: "critical" | "warning";
  /** Beside the alert's own. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What alerts compare with; the unit is in the name. */
export interface AlertThresholds {
  readonly errorRatePercent: number;
  readonly responseTimeP95: Duration;
  readonly availabilityPercent: number;
  readonly databaseConnectionsPercent: number;
  readonly longRunningQuery: Duration;
  readonly backupAge: Duration;
  readonly redisMemoryPercent: number;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
  readonly diskFreePercent: number;
  readonly diskFullWithin: Duration;
  readonly clockOffset: Duration;
  readonly certificateRemaining: Duration;
  readonly memberCertificateRemaining: Duration;
  readonly containerMemoryPercent: number;
  readonly restarts: number;
  readonly orderFailurePercent: number;
  readonly backtestQueueLength: number;
  readonly metricStoragePercent: number;
  readonly errorLinesPerMinute: number;
  readonly failedLoginsPerMinute: number;
  readonly remoteWriteLag: Duration;
}

/** The requirement's four channels. Their secrets (URL, routing key, password, token) are among the settings' secrets. */
export interface Receivers {
  readonly slack: { readonly channel: string };
  readonly pagerduty: { readonly url: string };
  readonly email: { readonly to: string; readonly from: string; readonly smarthost: string; readonly user: string };
  readonly webhook: { readonly path: string };
}
