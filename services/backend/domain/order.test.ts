import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprintOf, inTenThousandths, orderStates, priceText, statesBefore } from "./order.ts";

test("states lead on as they should, and from an end nothing does", () => {
  expect(Object.fromEntries(orderStates.map((state) => [state, statesBefore(state)]))).toEqual({
    accepted: [],
    executing: ["accepted", "executing"],
    executed: ["executing"],
    failed: ["executing"],
    cancelled: ["accepted"],
  });
});

describe("prices", () => {
  test("text and whole ten-thousandths are the same", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 13n }), (price) => inTenThousandths(priceText(price)) === price),
    );
  });
  test.each([
    ["0.1", 1000n],
    ["101.25", 1_012_500n],
    ["7", 70_000n],
  ])("%s", (text, value) => {
    expect(inTenThousandths(text)).toBe(value);
  });
});

describe("the fingerprint of a request", () => {
  const request = { symbol: "ACME", side: "buy", quantity: 5, limitPrice: "1.5" } as const;
  test("is the same for the same price, however it is written", () => {
    expect(fingerprintOf({ ...request, limitPrice: "1.5000" })).toBe(fingerprintOf(request));
  });
  test.each([
    { symbol: "ACM" },
    { side: "sell" as const },
    { quantity: 6 },
    { limitPrice: "1.51" },
    { limitPrice: undefined },
  ])("is another one with %j", (change) => {
    expect(fingerprintOf({ ...request, ...change })).not.toBe(fingerprintOf(request));
  });
});
