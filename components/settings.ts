import type { AlertSettings } from "./alerts/settings.ts";
import type {
  BackendSettings,
  BackupSettings,
  CacheSettings,
  DatabaseSettings,
  FrontendSettings,
  GatewaySettings,
  WorkerSettings,
} from "./application/settings.ts";
import type { BoundTarget } from "./targets/target.ts";
import type { VaultSettings } from "./vault/settings.ts";
import type { Duration, LogLevel, SecretSources } from "./workload/index.ts";

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
