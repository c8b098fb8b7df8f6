import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, eventually, logIn, startProcess, type TestProcess, testConfiguration } from "./testing/backend.ts";
import { startedServers } from "./testing/servers.ts";

const servers = await startedServers();

describe.skipIf(servers === undefined)("backend and worker on real stores", () => {
  let backend: TestProcess;
  let worker: TestProcess;
  let admin: string;

  beforeAll(async () => {
    if (servers === undefined) return;
    const stores = { database: servers.postgres.configuration, cache: servers.redis.configuration };
    [backend, worker] = await Promise.all([startProcess("backend", stores), startProcess("worker", stores)]);
    admin = await logIn(backend.url, "admin", testConfiguration.adminPassword);
  });
  afterAll(async () => {
    await Promise.all([backend?.stop(), worker?.stop()]);
    await servers?.stop();
  });

  const order = { symbol: "ACME", side: "buy", quantity: 5 };
  const place = (body: unknown, key: string = randomUUID(), more: Record<string, string> = {}) =>
    ask(`${backend.url}/orders`, "POST", { token: admin, body, headers: { "idempotency-key": key, ...more } });

  describe("section 3 of the requirement", () => {
    test("/health [requirement health/basic]", async () => {
      const { status, body } = await ask(`${backend.url}/health`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: "healthy", version: "2.1.0" });
      expect(Object.keys(body.components)).toEqual(["database", "redis"]);
    });

    test("/health/detailed [requirement health/detailed, file/health]", async () => {
      const { status, body } = await ask(`${backend.url}/health/detailed`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: "healthy", components: { database: { status: "healthy" } } });
      expect(Object.keys(body.system)).toEqual(["cpu", "memory", "disk", "event_loop"]);
    });

    test("/metrics [requirement metrics/json, file/metrics-api]", async () => {
      const { body } = await ask(`${backend.url}/metrics`);
      expect(body.uptime_seconds).toBeGreaterThan(0);
      expect(body.system.memory.resident_bytes).toBeGreaterThan(0);
    });

    test("/metrics/summary [requirement metrics/summary]", async () => {
      const { status, body } = await ask(`${backend.url}/metrics/summary`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ orders_failed: expect.any(Number), trading_healthy: true });
      expect(body.requests_total).toBeGreaterThan(0);
    });

    test.each(["/metrics/prometheus", "/health/metrics"])(
      "%s [requirement metrics/prometheus, health/metrics]",
      async (path) => {
        const { body, headers } = await ask(`${backend.url}${path}`);
        expect(headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
        expect(body).toMatch(/^app_uptime_seconds \d+\.\d+$/m);
      },
    );
  });

  test("an order is executed, once, whoever sends it again", async () => {
    const key = randomUUID();
    const placed = await place(order, key);
    expect(placed.status).toBe(201);
    expect(placed.body).toMatchObject({ state: "accepted", ...order });
    const again = await place(order, key);
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([200, "true"]);
    expect(again.body.id).toBe(placed.body.id);
    expect((await place({ ...order, quantity: 6 }, key)).status).toBe(422);
    const done = await eventually(
      () => ask(`${backend.url}/orders/${placed.body.id}`, "GET", { token: admin }),
      ({ body }) => body.state === "executed",
    );
    expect(done.body.executed_price).toMatch(/^\d+\.\d{4}$/);
  });

  test("what the exchange refuses has failed, with the reason", async () => {
    const { body } = await place({ ...order, limit_price: "0.01" });
    const done = await eventually(
      () => ask(`${backend.url}/orders/${body.id}`, "GET", { token: admin }),
      ({ body: { state } }) => state === "failed",
    );
    expect(done.body.reason).toBe("the limit was not reached");
    const metrics = await ask(worker.url.replace("/api/v1", "/api/v1/metrics/prometheus"));
    expect(metrics.body).toMatch(/^app_orders_total\{state="failed"\} [1-9]/m);
  });

  test("a backtest is queued, run by the worker, and has a result", async () => {
    const request = { symbol: "ACME", fast: 5, slow: 20, days: 500 };
    const { status, body } = await ask(`${backend.url}/backtests`, "POST", { token: admin, body: request });
    expect(status).toBe(202);
    const done = await eventually(
      () => ask(`${backend.url}/backtests/${body.id}`, "GET", { token: admin }),
      (answer) => answer.body.state === "finished",
    );
    expect(Object.keys(done.body.result)).toEqual(["return_percent", "drawdown_percent", "trades", "hold_percent"]);
  });

  test("one correlation id from the request to the worker's log [requirement log/correlation-id, log/user, log/header]", async () => {
    const correlation = `test-${randomUUID()}`;
    const { headers, body } = await place(order, randomUUID(), { "x-correlation-id": correlation });
    expect(headers.get("x-correlation-id")).toBe(correlation);
    const of = (lines: TestProcess["lines"], event: string) =>
      lines.find((line) => line.event === event && line.order_id === body.id);
    await eventually(
      async () => of(worker.lines, "order_executed"),
      (line) => line !== undefined,
    );
    expect(of(worker.lines, "order_executed")).toMatchObject({ correlation_id: correlation, service: "worker" });
    expect(of(backend.lines, "order_placed")).toMatchObject({ correlation_id: correlation, user_name: "admin" });
  });
});
