import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WorkloadSpec } from "../../workload/index.ts";
import { backend, collector, edge, section, store } from "./samples.ts";
import { rollingPercents, scalingMetric, updatePatience } from "./service.ts";

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

describe("the patience of an update", () => {
  const minutes = (spec: WorkloadSpec, isWatched: boolean) => updatePatience(spec, section, isWatched).seconds / 60;

  test("is the deadline for each round of tasks, and the time in which ECS watches alarms, which the provider waits for", () => {
    // Two replicas one after the other; two to six with half as many more: three need three rounds.
    expect(minutes(edge, false)).toBe(2 * 5);
    expect(minutes(edge, true)).toBe(2 * 5 + 10);
    expect(minutes(backend, true)).toBe(3 * 5 + 10);
    expect(minutes(store, false)).toBe(10);
  });

  test("counts the hosts of what runs once on each, at the number that takes most rounds", () => {
    // Two thirds stay: of three to five hosts one goes at a time, of thirteen four.
    expect(minutes(collector, false)).toBe(5 * 5);
  });
});
