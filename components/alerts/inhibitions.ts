import type { AlertName } from "./names.ts";

/** While `source` fires, and a little around it (inhibitors.ts), `targets` are told to nobody. */
export interface Inhibition {
  readonly source: AlertName;
  readonly targets: readonly AlertName[];
  /** Further matchers of the targets. */
  readonly only?: readonly string[];
  /** Labels that must be equal. */
  readonly equal: readonly string[];
}

/** What customers feel when something behind the backend is gone. */
const felt: readonly AlertName[] = [
  "HighErrorRate",
  "SlowResponseTime",
  "ErrorBudgetBurnFast",
  "ErrorBudgetBurnSlow",
  "TradingSystemUnhealthy",
  "HighOrderFailureRate",
];

/** A dead database pages once, not fifteen times. */
export const inhibitions: readonly Inhibition[] = [
  { source: "BackendDown", targets: [...felt, "BackendInstanceMissing"], equal: ["environment", "service"] },
  {
    source: "DatabaseDown",
    targets: ["HighDatabaseConnections", "LongRunningQueries"],
    equal: ["environment", "service"],
  },
  { source: "DatabaseDown", targets: [...felt, "BacktestQueueBackup"], equal: ["environment"] },
  { source: "RedisDown", targets: ["HighRedisMemory"], equal: ["environment", "service"] },
  { source: "RedisDown", targets: [...felt, "BacktestQueueBackup"], equal: ["environment"] },
  // What the backend and the worker log of it.
  ...(["DatabaseDown", "RedisDown"] as const).map((source) => ({
    source,
    targets: ["ErrorBurst", "UnhandledExceptions"] as const,
    only: ['service=~"backend|worker"'],
    equal: ["environment"],
  })),
  {
    source: "BackendDown",
    targets: ["ServiceStoppedLogging"],
    only: ['service="backend"'],
    equal: ["environment"],
  },
  // The webhook lives on the backend, and the backend on the two others.
  ...(["BackendDown", "DatabaseDown", "RedisDown"] as const).map((source) => ({
    source,
    targets: ["NotificationsFailing"] as const,
    only: ['integration="webhook"'],
    equal: ["environment"],
  })),
];

/** The rule beside an alert that silences others. */
export const inhibitorName = <Source extends string>(source: Source) => `${source}Inhibitor` as const;

/** Names of the rules that silence an alert. */
export const inhibitorNamesOf = (target: AlertName): readonly string[] => [
  ...new Set(inhibitions.filter(({ targets }) => targets.includes(target)).map(({ source }) => inhibitorName(source))),
];

/** Alertmanager's `inhibit_rules`. */
export const inhibitRules = () =>
  inhibitions.map(({ source, targets, only, equal }) => ({
    source_matchers: [`alertname=~"${source}|${inhibitorName(source)}"`],
    target_matchers: [`alertname=~"${targets.join("|")}"`, ...(only ?? [])],
    equal,
  }));
