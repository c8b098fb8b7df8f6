import { expect, test } from "vitest";
import { autoscalerSpec, disruptionBudgetSpec, rolloutTimeoutSeconds } from "./controllers.ts";
import { backend, database, gateway, promtail } from "./samples.ts";

test("Pulumi waits for every instance's deadline, since they may follow one after the other", () => {
  expect(rolloutTimeoutSeconds(gateway), "two replicas").toBe(2 * 300);
  expect(rolloutTimeoutSeconds(backend), "at most six replicas").toBe(6 * 300);
  expect(rolloutTimeoutSeconds(database), "one replica").toBe(600);
  expect(rolloutTimeoutSeconds(promtail), "twenty hosts").toBe(20 * 300);
});

test("a single replica has no disruption budget: it would stop every drain or say nothing", () => {
  if (gateway.placement.kind !== "stateless") throw new Error("the sample is stateless");
  const alone = { ...gateway, placement: { ...gateway.placement, scaling: { kind: "fixed", replicas: 1 } } } as const;
  expect(disruptionBudgetSpec(alone, "prod")).toBeUndefined();
  expect(disruptionBudgetSpec(gateway, "prod")).toBeDefined();
});

test("a fixed number has no autoscaler", () => {
  expect(autoscalerSpec(gateway)).toBeUndefined();
  expect(autoscalerSpec(backend)).toMatchObject({ minReplicas: 2, maxReplicas: 6 });
});
