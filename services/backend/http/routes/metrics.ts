import { z } from "zod";
import { metricNames } from "../../../../components/application/telemetry.ts";
import { type MetricValue, quantile, total, totalsBy } from "../../observability/figures.ts";
import type { Metrics } from "../../observability/metrics.ts";
import type { Observed, Server } from "../services.ts";

const config = { access: "internal", rateLimit: false } as const;
const tags = ["metrics"];
/** A figure that cannot be had, as while Redis is away, is null. */
const figure = z.number().nullable();

const all = z.object({
  uptime_seconds: z.number(),
  timestamp: z.iso.datetime(),
  system: z.looseObject({}),
  requests: z.object({ total: z.number(), by_status: z.record(z.string(), z.number()) }),
  orders: z.record(z.string(), z.number()),
  backtests: z.object({ waiting: figure }),
  database: z.record(z.string(), z.number()),
});

const summary = z.object({
  uptime_seconds: z.number(),
  requests_total: z.number(),
  error_percent: z.number(),
  response_time_p95_seconds: figure,
  orders_executed: z.number(),
  orders_failed: z.number(),
  backtests_waiting: figure,
  trading_healthy: z.boolean(),
});

export function metricsRoutes(app: Server, services: Observed): void {
  const { registry } = services.metrics;
  for (const url of ["/metrics/prometheus", "/health/metrics"]) {
    app.get(url, { config, schema: { summary: "For Prometheus", tags } }, async (_request, reply) =>
      reply.type(registry.contentType).send(await registry.metrics()),
    );
  }
  app.get("/metrics", { config, schema: { summary: "For dashboards", tags, response: { 200: all } } }, async () => {
    const values = await valuesOf(services.metrics);
    return {
      uptime_seconds: uptime(),
      timestamp: new Date().toISOString(),
      system: { ...(await services.system()) },
      requests: {
        total: total(values(metricNames.requests)),
        by_status: totalsBy(values(metricNames.requests), "status"),
      },
      orders: totalsBy(values(metricNames.orders), "state"),
      backtests: { waiting: known(total(values(metricNames.backtestQueue))) },
      database: totalsBy(values("app_database_connections"), "state"),
    };
  });
  app.get(
    "/metrics/summary",
    { config, schema: { summary: "The most important figures", tags, response: { 200: summary } } },
    async () => {
      const values = await valuesOf(services.metrics);
      const requests = values(metricNames.requests);
      const [answered, orders] = [total(requests), totalsBy(values(metricNames.orders), "state")];
      const failed = total(requests.filter(({ labels }) => String(labels.status).startsWith("5")));
      return {
        uptime_seconds: uptime(),
        requests_total: answered,
        error_percent: answered === 0 ? 0 : Math.round((10_000 * failed) / answered) / 100,
        response_time_p95_seconds: known(quantile(values(metricNames.requestDuration), 0.95)),
        orders_executed: orders.executed ?? 0,
        orders_failed: orders.failed ?? 0,
        backtests_waiting: known(total(values(metricNames.backtestQueue))),
        trading_healthy: total(values(metricNames.tradingHealthy)) === 1,
      };
    },
  );
}

async function valuesOf({ registry }: Metrics): Promise<(name: string) => readonly MetricValue[]> {
  const all = new Map((await registry.getMetricsAsJSON()).map(({ name, values }) => [name, values]));
  return (name) => all.get(name) ?? [];
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
const uptime = (): number => Math.round(process.uptime() * 100) / 100;
