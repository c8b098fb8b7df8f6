import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rollingPercents, scalingMetric } from "./service.ts";

describe("a rolling update in percent", () => {
  test("is what was counted, in ECS' own rounding", () => {
    const counts = fc.record({
      replicas: fc.integer({ min: 1, max: 50 }),
      surge: fc.integer({ min: 1, max: 10 }),
      unavailable: fc.integer({ min: 0, max: 10 }),
    });
    fc.assert(
      fc.property(counts, ({ replicas, surge, unavailable }) => {
        const percents = rollingPercents(replicas, { surge, unavailable });
        // "Amazon ECS service definition parameters": the maximum is rounded down, the minimum up, to whole tasks.
        expect(Math.floor((replicas * percents.deploymentMaximumPercent) / 100)).toBe(replicas + surge);
        expect(Math.ceil((replicas * percents.deploymentMinimumHealthyPercent) / 100)).toBe(
          Math.max(0, replicas - unavailable),
        );
      }),
    );
  });

  test("requests are counted by the minute", () => {
    expect(scalingMetric({ metric: "requests", perSecond: 50 })).toEqual({
      predefinedMetricType: "ALBRequestCountPerTarget",
      targetValue: 3000,
    });
  });
});
