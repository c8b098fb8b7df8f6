import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { marketPrice, outcomeOf } from "./exchange.ts";
import { inTime, isTradingHealthy, patienceSeconds, stepAfter, waitingLimitSeconds } from "./execution.ts";
import { priceText } from "./order.ts";

const order = {
  id: "3d4c7a3e-0000-4000-8000-000000000000",
  symbol: "ACME",
  side: "buy",
  quantity: 1,
  expiresAt: new Date("2100-01-01"),
} as const;

describe("the exchange", () => {
  test("answers the same order the same", () => {
    expect(outcomeOf(order)).toEqual(outcomeOf({ ...order }));
    expect(outcomeOf(order)).toMatchObject({ kind: "filled", price: priceText(marketPrice("ACME")) });
  });
  test("gives each order a reference of its own", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        const [a, b] = [outcomeOf({ ...order, id: one }), outcomeOf({ ...order, id: other })];
        return a.kind === "filled" && b.kind === "filled" && (a.reference === b.reference) === (one === other);
      }),
    );
  });
  test("keeps limits: a buyer pays no more, a seller gets no less", () => {
    const price = marketPrice("ACME");
    const kinds = (side: "buy" | "sell") =>
      [price - 1n, price, price + 1n].map((limit) => outcomeOf({ ...order, side, limitPrice: priceText(limit) }).kind);
    expect(kinds("buy")).toEqual(["refused", "filled", "filled"]);
    expect(kinds("sell")).toEqual(["filled", "filled", "refused"]);
  });
  test("takes nothing that has expired: what was sent in time and arrives late is not executed", () => {
    const moments = [-1, 0, 1].map((offset) => new Date(order.expiresAt.getTime() + offset));
    expect(moments.map((now) => outcomeOf(order, now).kind)).toEqual(["filled", "filled", "refused"]);
  });
  test("has not everything", () => {
    expect(outcomeOf({ ...order, quantity: 100_001 })).toEqual({ kind: "refused", reason: "not enough liquidity" });
  });
});

describe("after an attempt", () => {
  test("what is filled is executed, what is refused fails", () => {
    expect(stepAfter({ kind: "filled", price: "1.0000", reference: "r" }, 1)).toMatchObject({ kind: "execute" });
    expect(stepAfter({ kind: "refused", reason: "no" }, 1)).toEqual({ kind: "fail", reason: "no" });
  });
  test("an exchange that is away is asked again, ever less often, until it answers", () => {
    const waits = [1, 2, 3, 6, 40].map((attempts) => stepAfter({ kind: "unavailable" }, attempts));
    expect(waits.map((step) => (step.kind === "retry" ? step.afterSeconds : step.kind))).toEqual([1, 2, 4, 30, 30]);
    expect(stepAfter({ kind: "absent" }, 9)).toEqual({ kind: "fail", reason: "the exchange was not available" });
  });
});

test("an order is given up only when the exchange would not take it any more, by any clock", () => {
  const ages = [0, patienceSeconds - 1, patienceSeconds, patienceSeconds + 9, patienceSeconds + 10];
  expect(ages.map(inTime)).toEqual(["send", "send", "wait", "wait", "give up"]);
});

test("trading is healthy while the database answers and no order waits too long; it is told before orders fail", () => {
  expect([0, waitingLimitSeconds - 1, waitingLimitSeconds, undefined].map(isTradingHealthy)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(waitingLimitSeconds).toBeLessThan(patienceSeconds);
});
