import { expect, test } from "vitest";
import { quantile, total, totalsBy } from "./figures.ts";

const bucket = (le: string, value: number) => ({ labels: { le }, value, metricName: "x_bucket" });

test("totals", () => {
  const values = [
    { labels: { status: "200" }, value: 3 },
    { labels: { status: "500" }, value: 1 },
    { labels: { status: "200" }, value: 2 },
  ];
  expect(total(values)).toBe(6);
  expect(totalsBy(values, "status")).toEqual({ 200: 5, 500: 1 });
});

test("a quantile as Prometheus has it", () => {
  const values = [bucket("0.1", 50), bucket("0.5", 90), bucket("1", 100), bucket("+Inf", 100)];
  expect(quantile(values, 0.5)).toBeCloseTo(0.1);
  expect(quantile(values, 0.95)).toBeCloseTo(0.75);
  expect(quantile([bucket("0.1", 0), bucket("+Inf", 4)], 0.95)).toBe(0.1);
  expect(quantile([], 0.95)).toBeNaN();
});
