import fc from "fast-check";
import { Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { RequestTimes, requestLabels } from "./request-times.ts";

const buckets = [0.1, 0.5, 2];
const made = { name: "seconds", help: "Of a test." };
const sorted = (text: string): readonly string[] => text.split("\n").sort();

const answer = fc.record({
  method: fc.constantFrom("GET", "POST"),
  route: fc.constantFrom("/a", "/b/:id", "unmatched"),
  status: fc.constantFrom(200, 404, 500),
  // In eighths, whose sums are exact in any order.
  seconds: fc.integer({ min: 0, max: 40 }).map((eighths) => eighths / 8),
});

test("what was answered is scraped as prom-client's own histogram would tell it, as text and as JSON", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(answer), async (answers) => {
      const [own, theirs] = [new Registry(), new Registry()];
      const times = new RequestTimes({ ...made, buckets, registers: [own] });
      const histogram = new Histogram({
        ...made,
        buckets: [...buckets],
        labelNames: requestLabels,
        registers: [theirs],
      });
      for (const { method, route, status, seconds } of answers) {
        times.answered(method, route, status, seconds);
        histogram.observe({ method, route, status: String(status) }, seconds);
      }
      expect(sorted(await own.metrics())).toEqual(sorted(await theirs.metrics()));
      const told = ({ values }: Awaited<ReturnType<typeof histogram.get>>) =>
        values
          .map(({ labels, value, metricName }) => JSON.stringify([metricName, Object.entries(labels).sort(), value]))
          .sort();
      expect(told(await times.get())).toEqual(told(await histogram.get()));
    }),
  );
});

test("a bound belongs to its bucket", async () => {
  const registry = new Registry();
  const times = new RequestTimes({ ...made, buckets, registers: [registry] });
  times.answered("GET", "/a", 200, 0.1);
  expect(await registry.metrics()).toContain('seconds_bucket{le="0.1",method="GET",route="/a",status="200"} 1');
});
