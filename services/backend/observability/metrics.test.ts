import { expect, test } from "vitest";
import { addGauges, makeMetrics } from "./metrics.ts";

const never = () => new Promise<never>(() => {});

async function scrape(ask: () => Promise<number>): Promise<string> {
  const metrics = makeMetrics("backend", "2.1.0");
  const connections = () => ({ total: 3, idle: 2, waiting: 0 });
  addGauges(metrics, { connections, backtestsWaiting: ask, oldestOrderSeconds: ask }, 30);
  return metrics.registry.metrics();
}

test.each([
  ["never come", never],
  ["are errors", () => Promise.reject(new Error("no"))],
])("a scrape whose answers %s is answered all the same", async (_how, ask) => {
  const text = await scrape(ask);
  expect(text).toMatch(/^app_trading_healthy 0$/m);
  expect(text).toMatch(/^app_oldest_order_seconds Nan$/im);
  expect(text).toMatch(/^app_backtest_queue_length Nan$/im);
  expect(text).toMatch(/^app_database_connections\{state="busy"\} 1$/m);
});

test("what is answered in time is told", async () => {
  const text = await scrape(async () => 7);
  expect(text).toMatch(/^app_trading_healthy 1$/m);
  expect(text).toMatch(/^app_oldest_order_seconds 7$/m);
});
