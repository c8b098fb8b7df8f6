import { expect, test } from "vitest";
import { addCertificates, addGauges, makeMetrics } from "../../../services/backend/observability/metrics.ts";
import { exposed } from "../../support/exposition.ts";
import { ofApplication } from "./documented.ts";

test("the backend exposes every metric that the alerts watch, with the labels that they know [requirement file/metrics]", async () => {
  const metrics = makeMetrics("backend", "1.0.0");
  addGauges(metrics, {
    connections: () => ({ total: 1, idle: 1, waiting: 0 }),
    backtestsWaiting: async () => 0,
    oldestOrderSeconds: async () => 0,
  });
  addCertificates(metrics, () => new Map([["backend", 1]]));
  const request = { method: "GET", route: "/api/v1/orders", status: "200" };
  metrics.requestDuration.observe(request, 0.1);
  const there = exposed(await metrics.registry.metrics());
  const asked = Object.keys(ofApplication).map((name) => [name, [...(there[name] ?? ["is missing"])].sort()]);
  expect(Object.fromEntries(asked)).toEqual(
    Object.fromEntries(Object.entries(ofApplication).map(([name, labels]) => [name, [...labels].sort()])),
  );
});
