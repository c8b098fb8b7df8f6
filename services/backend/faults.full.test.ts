import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, eventually, logIn, startProcess, type TestProcess, testConfiguration } from "./testing/backend.ts";
import { startedServers } from "./testing/servers.ts";

const servers = await startedServers();

describe.skipIf(servers === undefined)("backend and worker in trouble", { timeout: 120_000 }, () => {
  let backend: TestProcess;
  let worker: TestProcess;
  let token: string;
  const stores = () => {
    if (servers === undefined) throw new Error("no servers");
    return { database: servers.postgres.configuration, cache: servers.redis.configuration };
  };

  beforeAll(async () => {
    if (servers === undefined) return;
    const changes = { faults: true };
    [backend, worker] = await Promise.all([
      startProcess("backend", stores(), changes),
      startProcess("worker", stores(), changes),
    ]);
    token = await logIn(backend.url, "admin", testConfiguration.adminPassword);
  });
  afterAll(async () => {
    await Promise.all([backend?.stop(), worker?.stop()]);
    await servers?.stop();
  });

  const status = async (path: string) => (await ask(`${backend.url}${path}`)).status;
  const place = () =>
    ask(`${backend.url}/orders`, "POST", {
      token,
      body: { symbol: "ACME", side: "buy", quantity: 1 },
      headers: { "idempotency-key": randomUUID() },
    });
  const stateOf = async (id: string) => (await ask(`${backend.url}/orders/${id}`, "GET", { token })).body.state;
  const metric = async (url: string, name: string) =>
    Number(new RegExp(`^${name} (.*)$`, "m").exec((await ask(`${url}/metrics/prometheus`)).body)?.[1]);

  test("without a database it lives and stays ready, says so, and takes no orders; then it goes on [requirement health/live, health/ready, health/basic]", async () => {
    await servers?.postgres.kill();
    const health = await eventually(
      () => ask(`${backend.url}/health`),
      ({ status }) => status === 503,
    );
    expect(health.body).toMatchObject({ status: "unhealthy", components: { redis: { status: "healthy" } } });
    expect([await status("/health/live"), await status("/health/ready")]).toEqual([200, 200]);
    const refused = await place();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await metric(backend.url, "app_trading_healthy")).toBe(0);
    await servers?.postgres.restart();
    await eventually(
      () => status("/health"),
      (code) => code === 200,
    );
    const { body } = await eventually(place, (answer) => answer.status === 201);
    await eventually(
      () => stateOf(body.id),
      (state) => state === "executed",
    );
    await eventually(
      () => metric(backend.url, "app_trading_healthy"),
      (value) => value === 1,
    );
  });

  test("without Redis it is degraded: orders go on, backtests do not, and none is left behind", async () => {
    await servers?.redis.kill();
    const health = await eventually(
      () => ask(`${backend.url}/health`),
      ({ body }) => body.status === "degraded",
    );
    expect(health.status).toBe(200);
    await eventually(() => metric(backend.url, "app_backtest_queue_length"), Number.isNaN);
    const { body } = await place();
    await eventually(
      () => stateOf(body.id),
      (state) => state === "executed",
    );
    const request = { symbol: "ACME", fast: 5, slow: 20, days: 100 };
    expect((await ask(`${backend.url}/backtests`, "POST", { token, body: request })).status).toBe(503);
    expect((await ask(`${backend.url}/backtests`, "GET", { token })).body.backtests).toEqual([]);
    await servers?.redis.restart();
    const queued = await eventually(
      () => ask(`${backend.url}/backtests`, "POST", { token, body: request }),
      (answer) => answer.status === 202,
    );
    await eventually(
      () => ask(`${backend.url}/backtests/${queued.body.id}`, "GET", { token }),
      (answer) => answer.body.state === "finished",
    );
  });

  test("faults: an exchange that fails keeps orders waiting, and they are executed afterwards", async () => {
    const set = (body: object) => ask(`${backend.url}/admin/faults`, "PUT", { token, body });
    expect((await set({ exchangeFails: true })).status).toBe(202);
    await delay(1_500);
    const { body } = await place();
    await eventually(
      async () => worker.lines,
      (lines) => lines.some(({ event }) => event === "exchange_unavailable"),
    );
    expect(await stateOf(body.id)).toBe("executing");
    await set({ exchangeLosesAnswers: true });
    await eventually(
      () => stateOf(body.id),
      (state) => state === "executed",
    );
    const lost = () => worker.lines.filter(({ exception }) => JSON.stringify(exception)?.includes("answer was lost"));
    expect(lost()).toHaveLength(1);
    await set({ errorPercent: 100 });
    await eventually(
      async () => (await place()).status,
      (code) => code === 500,
    );
    expect([await status("/health/live"), await status("/metrics/summary")]).toEqual([200, 200]);
    await set({ workersPaused: true });
    await eventually(
      async () => (await place()).status,
      (code) => code === 201,
    );
    await delay(1_500);
    const waiting = await place();
    await delay(500);
    expect(await stateOf(waiting.body.id)).toBe("accepted");
    await set({});
    await eventually(
      () => stateOf(waiting.body.id),
      (state) => state === "executed",
    );
  });

  test("an admin changes the log level of all processes, and sets it back", async () => {
    const set = (level: string | null) => ask(`${backend.url}/admin/log-level`, "PUT", { token, body: { level } });
    await set("DEBUG");
    await eventually(
      async () => [backend.log.level(), worker.log.level()],
      (levels) => levels.every((level) => level === "DEBUG"),
    );
    expect((await ask(`${backend.url}/admin/log-level`, "GET", { token })).body).toEqual({ level: "DEBUG" });
    await set(null);
    await eventually(
      async () => [backend.log.level(), worker.log.level()],
      (levels) => levels.every((level) => level === "WARNING"),
    );
  });

  test("alerts become incidents, however often they are told of; what is resolved stays so [requirement channel/webhook]", async () => {
    const alert = (told: "firing" | "resolved", fingerprint = "6c1b6a2f33d4a4c1") => ({
      version: "4",
      status: told,
      receiver: "webhook",
      alerts: [
        {
          fingerprint,
          status: told,
          startsAt: "2026-01-02T03:04:05.678Z",
          endsAt: told === "firing" ? "0001-01-01T00:00:00Z" : "2026-01-02T03:14:05.678Z",
          labels: { alertname: "BackendDown", severity: "critical" },
          annotations: { summary: "No backend answers" },
          generatorURL: "http://prometheus",
        },
      ],
    });
    const tell = (body: object) =>
      ask(`${backend.url}/webhooks/alerts`, "POST", { token: testConfiguration.alertWebhookToken, body });
    const incidents = async () => (await ask(`${backend.url}/incidents`, "GET", { token })).body.incidents;
    expect((await tell(alert("firing"))).body).toEqual({ stored: 1 });
    await Promise.all(Array.from({ length: 5 }, () => tell(alert("firing"))));
    expect(await incidents()).toMatchObject([{ name: "BackendDown", severity: "critical", status: "firing" }]);
    await tell(alert("resolved"));
    await tell(alert("firing"));
    expect(await incidents()).toMatchObject([{ status: "resolved", ends_at: "2026-01-02T03:14:05.678Z" }]);
    await tell(alert("firing", "aaaa"));
    expect(await incidents()).toHaveLength(2);
    expect((await ask(`${backend.url}/incidents?status=firing`, "GET", { token })).body.incidents).toHaveLength(1);
  });

  test("a sender that does not come to an end is cut off", async () => {
    const socket = connect(backend.port, "127.0.0.1");
    const received: string[] = [];
    socket.on("data", (data) => received.push(String(data)));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write(
      "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    );
    await closed;
    expect(received.join("")).toMatch(/^HTTP\/1\.1 408/);
  });

  test("asked to stop, it is not ready any more, answers what has begun, and says goodbye [requirement health/ready]", async () => {
    const leaving = await startProcess("backend", stores(), { faults: true, instance: "leaving" }, 1_500);
    await ask(`${leaving.url}/admin/faults`, "PUT", { token, body: { delayMs: 2_500 } });
    await delay(1_200);
    const slow = ask(`${leaving.url}/orders`, "GET", { token });
    const stopped = leaving.stop();
    const ready = await ask(`${leaving.url}/health/ready`);
    expect([ready.status, ready.headers.get("connection")]).toEqual([503, "close"]);
    expect((await slow).status).toBe(200);
    await stopped;
    await expect(leaving.stop()).resolves.toBeUndefined();
    await expect(ask(`${leaving.url}/health/live`)).rejects.toThrow();
    expect(leaving.lines.map(({ event }) => event)).toEqual(expect.arrayContaining(["started", "stopping", "stopped"]));
    await ask(`${backend.url}/admin/faults`, "PUT", { token, body: {} });
  });
});
