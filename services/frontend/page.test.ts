import { afterEach, describe, expect, test, vi } from "vitest";
import { backtestFrom, backtestRow } from "./page/backtests.ts";
import { ApiError, ask, errorFrom, idempotency } from "./page/client.ts";
import { type Order, orderFrom, orderPause, orderRow } from "./page/orders.ts";
import { statusText } from "./page/status.ts";

const order: Order = {
  id: "3d4c7a3e",
  state: "accepted",
  symbol: "ACME",
  side: "buy",
  quantity: 5,
  created_at: "2026-01-09T12:00:00.000Z",
};

afterEach(() => vi.unstubAllGlobals());

describe("idempotency", () => {
  let made = 0;
  const once = idempotency(() => `key-${++made}`);
  /** The key with which it was sent. */
  const sent = async (quantity: number, answer: () => unknown = () => "placed"): Promise<string> => {
    let key = "none";
    const send = async (given: string) => {
      key = given;
      return answer();
    };
    await once({ quantity }, send).catch(() => {});
    return key;
  };
  const fails = (status: number) => () => {
    throw new ApiError(status, "no");
  };

  test("an order has one key until it is placed, whatever a press after the first is told", async () => {
    for (const status of [0, 401, 429, 503]) expect(await sent(1, fails(status))).toBe("key-1");
    expect(await sent(1)).toBe("key-1");
    expect(await sent(1)).toBe("key-2");
  });

  test("another order has another key", async () => {
    expect(await sent(1, fails(0))).toBe("key-3");
    expect(await sent(2)).toBe("key-4");
  });
});

describe("errors", () => {
  test("of a field name the field", () => {
    const problem = { detail: "not as it must be", errors: [{ field: "body.symbol", message: "must be a symbol" }] };
    const error = errorFrom(400, problem, "an-id");
    expect([error.message, error.correlationId]).toEqual(["not as it must be; symbol: must be a symbol", "an-id"]);
  });

  test("an answer that breaks off is none, whatever its status", async () => {
    const broken = new ReadableStream({ pull: (stream) => stream.error(new Error("ECONNRESET")) });
    vi.stubGlobal("fetch", async () => new Response(broken, { status: 201 }));
    await expect(ask("POST", "/orders")).rejects.toMatchObject({
      status: 0,
      message: expect.stringMatching(/broke off; try again$/),
    });
  });
});

test("forms become what the API takes", () => {
  expect(orderFrom({ symbol: "ACME", side: "buy", quantity: "5" })).toEqual({
    symbol: "ACME",
    side: "buy",
    quantity: 5,
  });
  expect(backtestFrom({ symbol: "ACME", fast: "5", slow: "20", days: "500" })).toEqual({
    symbol: "ACME",
    fast: 5,
    slow: 20,
    days: 500,
  });
});

test("only an order that waits can be cancelled", () => {
  const cancellable = (state: Order["state"]) =>
    orderRow({ ...order, state }, () => {}).cells.some(({ button }) => button !== undefined);
  expect(cancellable("accepted")).toBe(true);
  expect(cancellable("executing")).toBe(false);
});

test("the page looks more often while an order moves", () => {
  expect(orderPause([order])).toBeLessThan(orderPause([{ ...order, state: "executed" }]));
});

test("a backtest that failed says why", () => {
  const { symbol, created_at, id } = order;
  const failed = { id, symbol, created_at, state: "failed", fast: 1, slow: 2, days: 10, reason: "no prices" } as const;
  expect(backtestRow(failed).cells.map(({ text }) => text)).toContain("no prices");
});

test("the status names every part", () => {
  const components = { database: { status: "healthy" }, redis: { status: "unhealthy" } } as const;
  expect(statusText({ status: "degraded", version: "2.1.0", components })).toBe(
    "System: degraded (database healthy, redis unhealthy), version 2.1.0",
  );
  expect(statusText(undefined)).toBe("System: does not answer");
});
