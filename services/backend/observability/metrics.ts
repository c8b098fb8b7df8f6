import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { durationBuckets, metricNames } from "../../../components/application/telemetry.ts";
import type { BacktestState } from "../domain/backtest.ts";
import { isTradingHealthy } from "../domain/execution.ts";
import { type OrderState, orderStates } from "../domain/order.ts";
import { answerWithin, patience } from "./checks.ts";

export type Metrics = ReturnType<typeof makeMetrics>;

/**
 * What is asked for at each scrape. A question that cannot be answered, or not in time, is NaN: no alert compares with
 * it. A scrape that waited for it would be given up, and the process taken for dead.
 */
export interface Gauges {
  readonly connections: () => { readonly total: number; readonly idle: number; readonly waiting: number };
  readonly backtestsWaiting: () => Promise<number>;
  readonly oldestOrderSeconds: () => Promise<number>;
}

/** Every metric of a process, in a registry of its own. */
export function makeMetrics(service: string, version: string) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  new Gauge({
    name: "app_uptime_seconds",
    help: "Since the process started.",
    registers,
    collect() {
      this.set(process.uptime());
    },
  });
  new Gauge({ name: "app_info", help: "Always 1.", labelNames: ["service", "version"], registers }).set(
    { service, version },
    1,
  );

  const requestLabels = ["method", "route", "status"] as const;
  const requestDuration = new Histogram({
    name: metricNames.requestDuration,
    help: "Seconds until an HTTP request was answered.",
    labelNames: requestLabels,
    buckets: [...durationBuckets],
    registers,
  });
  // The histogram has counted them already: a request is written down once.
  new Counter({
    name: metricNames.requests,
    help: "HTTP requests by route pattern.",
    labelNames: requestLabels,
    registers,
    async collect() {
      this.reset();
      const { values } = await requestDuration.get();
      for (const { labels, value, metricName } of values) if (metricName?.endsWith("_count")) this.inc(labels, value);
    },
  });
  const orders = new Counter({
    name: metricNames.orders,
    help: "Orders that came to an end, by the state they ended in.",
    labelNames: ["state"],
    registers,
  });
  const backtests = new Counter({
    name: "app_backtests_total",
    help: "Backtests that came to an end.",
    labelNames: ["state"],
    registers,
  });
  // A counter that begins with its first failure has no increase to see.
  for (const state of finalOrderStates) orders.inc({ state }, 0);
  for (const state of finalBacktestStates) backtests.inc({ state }, 0);
  return {
    registry,
    requestDuration,
    orders,
    ordersPlaced: new Counter({ name: "app_orders_placed_total", help: "Orders that were accepted.", registers }),
    exchangeDuration: new Histogram({
      name: "app_exchange_request_duration_seconds",
      help: "Seconds until the exchange answered or was given up.",
      labelNames: ["outcome"],
      buckets: [...durationBuckets],
      registers,
    }),
    backtests,
    logins: new Counter({ name: "app_logins_total", help: "Logins.", labelNames: ["outcome"], registers }),
    incidents: new Counter({
      name: "app_alert_notifications_total",
      help: "Alerts that Alertmanager told of.",
      labelNames: ["status"],
      registers,
    }),
  };
}

const finalOrderStates: readonly OrderState[] = orderStates.filter(
  (state) => !["accepted", "executing"].includes(state),
);

const finalBacktestStates: readonly BacktestState[] = ["finished", "failed"];

/** Adds when certificates of mTLS end, by the names in them. */
export function addCertificates({ registry }: Metrics, ends: () => ReadonlyMap<string, number>): void {
  new Gauge({
    name: metricNames.certificateEnd,
    help: "When a certificate ends: the process's own, a store's, or a client's of the last hour; seconds since 1970.",
    labelNames: ["certificate"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [certificate, end] of ends()) this.set({ certificate }, end);
    },
  });
}

/** Adds what is asked for at each scrape. */
export function addGauges({ registry }: Metrics, gauges: Gauges, timeoutMs = patience): void {
  const registers = [registry];
  const asked = (
    name: string,
    help: string,
    ask: () => Promise<number>,
    written: (answer: number | undefined) => number = (answer = Number.NaN) => answer,
  ): void => {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(written(await answerWithin(timeoutMs, ask).catch(() => undefined)));
      },
    });
  };
  asked(metricNames.tradingHealthy, "1 while orders are executed, 0 otherwise.", gauges.oldestOrderSeconds, (oldest) =>
    Number(isTradingHealthy(oldest)),
  );
  asked(metricNames.backtestQueue, "Backtests that no worker has taken yet.", gauges.backtestsWaiting);
  asked("app_oldest_order_seconds", "How long the oldest unfinished order has waited.", gauges.oldestOrderSeconds);
  new Gauge({
    name: "app_database_connections",
    help: "Connections of this process's pool, and statements that wait for one.",
    labelNames: ["state"],
    registers,
    collect() {
      const { total, idle, waiting } = gauges.connections();
      this.set({ state: "busy" }, total - idle);
      this.set({ state: "idle" }, idle);
      this.set({ state: "waiting" }, waiting);
    },
  });
}
