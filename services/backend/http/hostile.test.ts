import fc from "fast-check";
import type { InjectOptions } from "light-my-request";
import { afterAll, describe, expect, test } from "vitest";
import { storelessTrading, testUser } from "../testing/trading.ts";
import { tradingServer } from "./server.ts";

const { trading, lines } = storelessTrading();
const app = await tradingServer(trading);
afterAll(() => app.close());

const authorization = `Bearer ${trading.tokens.make(testUser("admin")).token}`;
const json = { authorization, "content-type": "application/json", "idempotency-key": "key" };
const order = { symbol: "ACME", side: "buy", quantity: 5 };

const post = (url: string, payload: unknown, headers: Record<string, string> = json) =>
  app.inject({
    method: "POST",
    url: `/api/v1${url}`,
    headers,
    payload: payload as NonNullable<InjectOptions["payload"]>,
  });

test("an order that is right gets as far as the store", async () => {
  expect((await post("/orders", order)).statusCode).toBe(503);
});

describe("an order", () => {
  test.each([
    ["nothing", ""],
    ["no JSON", "{symbol:"],
    ["a list", []],
    ["null", "null"],
    ["a field more", { ...order, state: "executed" }],
    ["a field less", { symbol: "ACME", side: "buy" }],
    ["text for a number", { ...order, quantity: "5" }],
    ["half a share", { ...order, quantity: 0.5 }],
    ["nothing to buy", { ...order, quantity: 0 }],
    ["less than nothing", { ...order, quantity: -5 }],
    ["more than there are", { ...order, quantity: 1e9 }],
    ["an infinite number", '{"symbol":"ACME","side":"buy","quantity":1e999}'],
    ["a price as a number", { ...order, limit_price: 1.5 }],
    ["a price of nothing", { ...order, limit_price: "0.00" }],
    ["a price with an exponent", { ...order, limit_price: "1e5" }],
    ["SQL", { ...order, symbol: "'; drop table orders; --" }],
    ["markup", { ...order, symbol: "<script>" }],
    ["a prototype", '{"__proto__":{"admin":true},"symbol":"ACME","side":"buy","quantity":5}'],
    ["a constructor", '{"constructor":{"prototype":{"admin":true}},"symbol":"ACME","side":"buy","quantity":5}'],
    ["too deep", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
  ])("with %s is refused with 400 and a reason", async (_, payload) => {
    const { statusCode, headers, body } = await post("/orders", payload);
    expect([statusCode, headers["content-type"]]).toEqual([400, expect.stringContaining("application/problem+json")]);
    const problem = JSON.parse(body);
    expect(problem).toMatchObject({ status: 400, title: "Bad Request", correlation_id: expect.any(String) });
    expect(problem.detail).not.toBe("");
    expect(body).not.toContain("node_modules");
  });

  test("says which fields are wrong, all at once", async () => {
    const { errors } = (await post("/orders", { ...order, symbol: "acme", quantity: 0 })).json();
    expect(errors.map(({ field }: { field: string }) => field)).toEqual(["body.symbol", "body.quantity"]);
  });

  test.each([undefined, "", " ", "x".repeat(129), "ä"])("with the idempotency key %j is refused", async (key) => {
    const { "idempotency-key": _, ...rest } = json;
    const headers = key === undefined ? rest : { ...rest, "idempotency-key": key };
    expect((await post("/orders", order, headers)).statusCode).toBe(400);
  });
});

test("too large a body: 413, and a type that is not JSON: 415", async () => {
  expect((await post("/orders", `"${"x".repeat(600_000)}"`)).statusCode).toBe(413);
  expect(
    (await post("/orders", "a=b", { ...json, "content-type": "application/x-www-form-urlencoded" })).statusCode,
  ).toBe(415);
  expect((await post("/orders", "<a/>", { ...json, "content-type": "text/xml" })).statusCode).toBe(415);
});

test.each([
  "/api/v1/orders/1",
  "/api/v1/orders/..%2f..%2fetc",
  "/api/v1/orders?limit=1000",
  "/api/v1/orders?sort=x",
  "/api/v1/orders?before=1",
])("%s: 400", async (url) => {
  expect((await app.inject({ url, headers: { authorization } })).statusCode).toBe(400);
});

test.each([
  "/",
  "/api/v1",
  "/api/v1/users",
  "/.env",
  "/api/v1/../../etc/passwd",
  "/api/v1/%00",
  "/api/v1/%zz",
  `/${"x".repeat(5000)}`,
])("%s: there is no such page", async (url) => {
  const { statusCode, headers } = await app.inject({ url });
  expect([400, 404, 414]).toContain(statusCode);
  expect(headers["content-type"]).toContain("json");
});

test("a correlation id that is not sane is not repeated", async () => {
  const { headers } = await app.inject({ url: "/api/v1/health/live", headers: { "x-correlation-id": "a\tb<script>" } });
  expect(headers["x-correlation-id"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("whatever is sent, the answer is no 500 and the reason is no secret", async () => {
  const urls = ["/orders", "/backtests", "/auth/login", "/admin/users"];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...urls), fc.json(), fc.ipV4(), async (url, payload, client) => {
      const { statusCode } = await post(url, payload, {
        ...json,
        "x-forwarded-for": client,
      });
      expect(statusCode).not.toBe(500);
    }),
    { numRuns: 200 },
  );
  expect(lines.filter(({ event }) => event === "unhandled_exception")).toEqual([]);
});

test("an error that nobody expected is told to the log with its id, and not to the client", async () => {
  const find = async () => {
    throw new Error("the password is hunter2");
  };
  const broken = storelessTrading({ users: { ...trading.users, find } });
  const failing = await tradingServer(broken.trading);
  const { statusCode, body } = await failing.inject({
    method: "POST",
    url: "/api/v1/auth/login",
    headers: { "x-correlation-id": "hostile-test" },
    payload: { username: "ann", password: "x" },
  });
  await failing.close();
  expect(statusCode).toBe(500);
  expect(body).not.toContain("hunter2");
  expect(broken.lines).toContainEqual(
    expect.objectContaining({ event: "unhandled_exception", level: "ERROR", correlation_id: "hostile-test" }),
  );
  expect(broken.lines).toContainEqual(expect.objectContaining({ event: "request_finished", status: 500 }));
});

test("who guesses passwords is soon sent away, and only he", async () => {
  const limited = await tradingServer(storelessTrading().trading);
  const login = (ip: string) =>
    limited.inject({
      method: "POST",
      url: "/api/v1/auth/login",
      headers: { "x-forwarded-for": ip },
      payload: { username: "ann", password: "x" },
    });
  const answers = [];
  for (let count = 0; count < 11; count++) answers.push((await login("198.51.100.7")).statusCode);
  expect(answers.slice(0, 10)).toEqual(Array(10).fill(503));
  const last = await login("198.51.100.7");
  expect([answers[10], last.statusCode]).toEqual([429, 429]);
  expect(last.headers["retry-after"]).toBeDefined();
  expect((await login("198.51.100.8")).statusCode).toBe(503);
  await limited.close();
});
