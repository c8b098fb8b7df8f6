import type { Duration } from "../workload/index.ts";
import type { AlertName } from "./names.ts";

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
