import { expect, test } from "vitest";
import { storelessTrading } from "../testing/trading.ts";
import { tradingServer } from "./server.ts";

/** What one request leaves in the log of a process at a level. */
async function logged(level: "DEBUG" | "INFO" | "WARNING", url: string) {
  const { trading, lines } = storelessTrading();
  trading.log.setLevel(level);
  const app = await tradingServer(trading);
  const { headers } = await app.inject({ url: `/api/v1${url}`, headers: { "x-correlation-id": "of-the-request" } });
  await app.close();
  return { headers, lines: lines.filter(({ event }) => String(event).startsWith("request_")) };
}

test("a request is told of at its start and its end, with status, time and correlation id [requirement log/request, log/duration, log/status, log/header]", async () => {
  const { headers, lines } = await logged("INFO", "/orders");
  const request = { level: "INFO", method: "GET", route: "/api/v1/orders", correlation_id: "of-the-request" };
  expect(lines).toEqual([
    expect.objectContaining({ ...request, event: "request_started", client: "127.0.0.1" }),
    expect.objectContaining({
      ...request,
      event: "request_finished",
      status: 401,
      duration_seconds: expect.any(Number),
    }),
  ]);
  expect(headers["x-correlation-id"]).toBe("of-the-request");
});

test("of probes, which come every few seconds, only who looks at everything hears", async () => {
  expect((await logged("INFO", "/health/live")).lines).toEqual([]);
  expect((await logged("DEBUG", "/health/live")).lines.map(({ event }) => event)).toEqual([
    "request_started",
    "request_finished",
  ]);
});

test("in production a request that went well is not told of", async () => {
  expect((await logged("WARNING", "/orders")).lines).toEqual([]);
});
