import type { Settings } from "../settings.ts";
import { minutes, seconds } from "../workload/index.ts";
import type { Alert } from "./alert.ts";

export function businessAlerts({ alerts: { thresholds }, backend: { metricNames } }: Settings): readonly Alert[] {
  const { tradingHealthy, orders, backtestQueue } = metricNames;
  return [
    {
      name: "TradingSystemUnhealthy",
      category: "business",
      severity: "critical",
      expression: `max(${tradingHealthy}{job="backend"}) == 0`,
      for: seconds(30),
      summary: "The trading system says that it is unhealthy",
      description: "Every backend reports trading as unhealthy: orders are not executed.",
    },
    {
      name: "HighOrderFailureRate",
      category: "business",
      severity: "warning",
      expression: `100 * sum(rate(${orders}{state="failed"}[5m])) / sum(rate(${orders}[5m])) > ${thresholds.orderFailurePercent}`,
      for: minutes(2),
      summary: "{{ $value | humanize }} % of orders fail",
      description: `More than ${thresholds.orderFailurePercent} % of the orders of the last five minutes failed.`,
    },
    {
      name: "BacktestQueueBackup",
      category: "business",
      severity: "warning",
      expression: `max(${backtestQueue}) > ${thresholds.backtestQueueLength}`,
      for: minutes(10),
      summary: "{{ $value }} backtests wait",
      description: `More than ${thresholds.backtestQueueLength} backtests have waited for ten minutes: the worker is down or too slow.`,
    },
  ];
}
