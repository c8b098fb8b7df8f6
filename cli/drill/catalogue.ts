import { seconds } from "../../components/workload/index.ts";
import { waitingLimitSeconds } from "../../services/backend/domain/execution.ts";
import type { Drill } from "./drill.ts";
import { queuedBacktests, refusedOrders, silentExchange, switched } from "./faults/backend.ts";
import { stopped } from "./faults/containers.ts";
import { busyProcessor, eatenMemory, fullDisk } from "./faults/host.ts";
import { filledRedis, openTransaction, takenConnections } from "./faults/stores.ts";

/** The requirement's 14 alerts, each with the fault that it is for. */
export const drills: readonly Drill[] = [
  {
    alert: "HighErrorRate",
    fault: switched("HighErrorRate", "the backend answers 500", { errorPercent: 100 }),
    also: ["ErrorBudgetBurnFast", "ErrorBurst"],
  },
  { alert: "BackendDown", fault: stopped("backend") },
  { alert: "DatabaseDown", fault: stopped("database") },
  { alert: "RedisDown", fault: stopped("cache") },
  {
    alert: "TradingSystemUnhealthy",
    fault: silentExchange,
    onset: () => seconds(waitingLimitSeconds),
  },
  {
    alert: "SlowResponseTime",
    fault: switched("SlowResponseTime", "the backend takes two seconds longer", { delayMs: 2_000 }),
    sideBySide: true,
  },
  { alert: "HighDatabaseConnections", fault: takenConnections, sideBySide: true },
  {
    alert: "LongRunningQueries",
    fault: openTransaction,
    onset: ({ alerts }) => alerts.thresholds.longRunningQuery,
    sideBySide: true,
  },
  { alert: "HighRedisMemory", fault: filledRedis, sideBySide: true },
  { alert: "HighCpuUsage", fault: busyProcessor, sideBySide: true },
  { alert: "HighMemoryUsage", fault: eatenMemory, sideBySide: true },
  { alert: "LowDiskSpace", fault: fullDisk, also: ["DiskFullSoon"], sideBySide: true },
  { alert: "HighOrderFailureRate", fault: refusedOrders, sideBySide: true },
  { alert: "BacktestQueueBackup", fault: queuedBacktests, also: ["TargetDown", "ServiceStoppedLogging"] },
];

/** What runs together: each of them alone, but those that disturb nobody side by side, which come last. */
export function roundsOf(chosen: readonly Drill[]): readonly (readonly Drill[])[] {
  const together = chosen.filter(({ sideBySide }) => sideBySide);
  const alone = chosen.filter(({ sideBySide }) => !sideBySide);
  return [...alone.map((drill) => [drill]), ...(together.length === 0 ? [] : [together])];
}
