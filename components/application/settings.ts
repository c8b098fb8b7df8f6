import type { Duration, Resources, Scaling } from "../workload/index.ts";
import type { DatabaseLogin } from "./database-login.ts";

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
