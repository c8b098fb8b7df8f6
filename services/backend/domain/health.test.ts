import { describe, expect, test } from "vitest";
import { type ComponentHealth, isReady, overall, statusCodeOf } from "./health.ts";

const well: ComponentHealth = { status: "healthy", latencyMs: 1 };
const ill: ComponentHealth = { status: "unhealthy", latencyMs: 1000, error: "timeout" };

describe("overall", () => {
  test.each([
    [well, well, "healthy", 200],
    [well, ill, "degraded", 200],
    [ill, well, "unhealthy", 503],
    [ill, ill, "unhealthy", 503],
  ] as const)("database %j, redis %j: %s, %i", (database, redis, health, status) => {
    expect(overall({ database, redis })).toBe(health);
    expect(statusCodeOf(health)).toBe(status);
  });
});

test("ready is who has started and does not leave", () => {
  expect(isReady({ started: true, draining: false })).toBe(true);
  expect(isReady({ started: false, draining: false })).toBe(false);
  expect(isReady({ started: true, draining: true })).toBe(false);
});
