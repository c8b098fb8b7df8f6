import type { AlertName } from "./names.ts";
import type { AlertSettings, AlertThresholds } from "./settings.ts";

/** What each alert compares with. One that is not here has no number to change. */
export const thresholdOf: { readonly [Name in AlertName]?: keyof AlertThresholds } = {
  HighErrorRate: "errorRatePercent",
  SlowResponseTime: "responseTimeP95",
  ErrorBudgetBurnFast: "availabilityPercent",
  ErrorBudgetBurnSlow: "availabilityPercent",
  HighDatabaseConnections: "databaseConnectionsPercent",
  LongRunningQueries: "longRunningQuery",
  BackupTooOld: "backupAge",
  HighRedisMemory: "redisMemoryPercent",
  HighCpuUsage: "cpuPercent",
  HighMemoryUsage: "memoryPercent",
  LowDiskSpace: "diskFreePercent",
  DiskFullSoon: "diskFullWithin",
  ClockSkew: "clockOffset",
  CertificateExpiring: "certificateRemaining",
  MemberCertificateExpiring: "memberCertificateRemaining",
  ContainerNearMemoryLimit: "containerMemoryPercent",
  RestartLoop: "restarts",
  HighOrderFailureRate: "orderFailurePercent",
  BacktestQueueBackup: "backtestQueueLength",
  PrometheusStorageNearlyFull: "metricStoragePercent",
  RemoteWriteBehind: "remoteWriteLag",
  ErrorBurst: "errorLinesPerMinute",
  FailedLoginBurst: "failedLoginsPerMinute",
};

/** The stack's thresholds as one alert has them. */
export function thresholdsOf({ thresholds, overrides }: AlertSettings, name: AlertName): AlertThresholds {
  const key = thresholdOf[name];
  const said = overrides[name]?.threshold;
  return key === undefined || said === undefined ? thresholds : { ...thresholds, [key]: said };
}
