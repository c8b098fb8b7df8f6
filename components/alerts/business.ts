import { formatDuration } from "../workload/index.ts";
import type { Alert, Watched } from "./alert.ts";
import { counts, holds, idle, type State } from "./behaviour.ts";
import { oneDecimal } from "./behaviour-text.ts";
import { afterAllWasKilled, present } from "./present.ts";
import { orderFailurePercent } from "./recordings.ts";
import { thresholdsOf } from "./thresholds.ts";

export const businessAlerts = (watched: Watched): readonly Alert[] => [
  tradingSystemUnhealthy(watched),
  highOrderFailureRate(watched),
  backtestQueueBackup(watched),
];

const common = { category: "business", team: "trading" } as const;

function tradingSystemUnhealthy({ settings }: Watched): Alert {
  const { alerts, backend } = settings;
  const healthy = backend.metricNames.tradingHealthy;
  const say = (...values: readonly number[]): State =>
    Object.fromEntries(
      values.map((value, index) => [`${healthy}{job="backend",instance="${index}"}`, holds(value)] as const),
    );
  const tells = [{ summary: "The trading system says that it is unhealthy" }];
  return {
    ...common,
    service: "backend",
    name: "TradingSystemUnhealthy",
    severity: "critical",
    // Where nobody says anything, BackendDown speaks.
    expression: `max(${present(`${healthy}{job="backend"}`, settings)}) == 0`,
    for: alerts.timing.critical.for,
    summary: "The trading system says that it is unhealthy",
    description: "Every backend reports trading as unhealthy: orders are not executed.",
    behaviour: {
      calm: say(1, 0),
      fault: say(0, 0),
      tells,
      cases: [
        afterAllWasKilled(
          (instance) => `${healthy}{job="backend",instance="${instance}"}`,
          alerts.timing.critical.for,
          settings,
          tells,
        ),
      ],
    },
  };
}

function highOrderFailureRate({ settings }: Watched): Alert {
  const { alerts, backend } = settings;
  const { orders } = backend.metricNames;
  const { window, for: lasting } = alerts.timing.warning;
  const limit = thresholdsOf(alerts, "HighOrderFailureRate").orderFailurePercent;
  const placed = (failed: number): State => ({
    [`${orders}{job="backend",instance="a",state="executed"}`]: counts(100 - failed),
    [`${orders}{job="worker",instance="b",state="failed"}`]: counts(failed),
  });
  return {
    ...common,
    service: "backend",
    name: "HighOrderFailureRate",
    severity: "warning",
    expression: `${orderFailurePercent(settings).name} > ${limit}`,
    window,
    for: lasting,
    summary: '{{ printf "%.1f" $value }} % of orders fail',
    description: `More than ${limit} % of the orders of the last ${formatDuration(window)} failed; those that customers cancelled do not count.`,
    behaviour: {
      calm: placed(0.9 * limit),
      fault: placed(1.1 * limit),
      outage: placed(100),
      tells: [{ summary: `${oneDecimal(1.1 * limit)} % of orders fail` }],
      cases: [
        { name: "no orders", state: idle(placed(limit)), tells: [] },
        {
          name: "customers cancel what does not go through",
          state: { ...placed(1.1 * limit), [`${orders}{job="backend",instance="a",state="cancelled"}`]: counts(1000) },
          tells: [{ summary: `${oneDecimal(1.1 * limit)} % of orders fail` }],
        },
      ],
    },
  };
}

function backtestQueueBackup({ settings: { alerts, backend } }: Watched): Alert {
  const queue = backend.metricNames.backtestQueue;
  const limit = thresholdsOf(alerts, "BacktestQueueBackup").backtestQueueLength;
  // Every process sees the same queue.
  const waiting = (count: number): State => ({
    [`${queue}{job="backend",instance="a"}`]: holds(count),
    [`${queue}{job="worker",instance="b"}`]: holds(count),
  });
  return {
    ...common,
    service: "worker",
    name: "BacktestQueueBackup",
    severity: "warning",
    expression: `max(${queue}) > ${limit}`,
    for: alerts.timing.warning.for,
    summary: "{{ $value }} backtests wait",
    description: `More than ${limit} backtests have waited for ${formatDuration(alerts.timing.warning.for)}: the worker is down or too slow.`,
    behaviour: {
      calm: waiting(limit),
      fault: waiting(limit + 1),
      tells: [{ summary: `${limit + 1} backtests wait` }],
    },
  };
}
