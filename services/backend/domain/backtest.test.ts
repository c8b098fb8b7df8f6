import fc from "fast-check";
import { expect, test } from "vitest";
import { movingAverage, pastPrices, runBacktest } from "./backtest.ts";

const requests = fc
  .tuple(
    fc.stringMatching(/^[A-Z]{1,8}$/),
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 1, max: 300 }),
  )
  .map(([symbol, fast, more, rest]) => ({ symbol, fast, slow: fast + more, days: fast + more + rest }));

test("a backtest has the same result each time, and figures that can be", () => {
  fc.assert(
    fc.property(requests, (request) => {
      const result = runBacktest(request);
      expect(runBacktest(request)).toEqual(result);
      expect(result.returnPercent).toBeGreaterThan(-100);
      expect(result.drawdownPercent).toBeGreaterThanOrEqual(0);
      expect(result.drawdownPercent).toBeLessThan(100);
      expect(result.trades).toBeLessThanOrEqual(request.days);
    }),
  );
});

test("a moving average is the mean of the last values", () => {
  const values = pastPrices("ACME", 60);
  const averages = movingAverage(values, 7);
  for (const [index, average] of averages.entries()) {
    const last = values.slice(index - 6, index + 1);
    if (index < 6) expect(average).toBeNaN();
    else expect(average).toBeCloseTo(last.reduce((sum, value) => sum + value, 0) / 7, 9);
  }
});

test("prices move at most 2.1 % a day", () => {
  const prices = pastPrices("ACME", 500);
  for (const [day, price] of prices.entries()) {
    const before = prices[day - 1] ?? price;
    expect(Math.abs(price / before - 1)).toBeLessThan(0.021);
  }
});
