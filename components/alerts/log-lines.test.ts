import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { describePlatform } from "../specification.ts";

/** Log alerts of a stack without some of its members, by name. */
function logAlertsOf(stack: string, without: readonly string[] = []) {
  const { alerts } = describePlatform({ ...settingsOf(stack), without });
  return new Map(alerts.filter(({ source }) => source === "logs").map((alert) => [alert.name, alert] as const));
}

test("what reads a line's fields exists only where lines are JSON", () => {
  expect([...logAlertsOf("prod").keys()]).toEqual([
    "ErrorBurst",
    "UnhandledExceptions",
    "FailedLoginBurst",
    "ServiceStoppedLogging",
  ]);
  expect([...logAlertsOf("dev").keys()]).toEqual(["ErrorBurst", "ServiceStoppedLogging"]);
});

test.each(["loki", "promtail"])("without %s there is no log alert", (part) => {
  expect(logAlertsOf("dev", [part]).size).toBe(0);
});

test("only who is there, and always says something, can stop logging", () => {
  const watched = (without: readonly string[]) =>
    [...(logAlertsOf("dev", without).get("ServiceStoppedLogging")?.expression ?? "").matchAll(/service="(\w+)"/g)].map(
      ([, service]) => service,
    );
  expect(watched([]).sort()).toEqual(["backend", "gateway", "worker"]);
  expect(watched(["worker"]).sort()).toEqual(["backend", "gateway"]);
  // At night nobody but the prober asks the gateway.
  expect(watched(["blackbox-exporter"]).sort()).toEqual(["backend", "worker"]);
});

test("an override changes a log alert as any other, and another application its events", () => {
  const settings = settingsOf("prod");
  const overrides = {
    FailedLoginBurst: { reason: "a small shop", threshold: 7 },
    ErrorBurst: { reason: "x", off: true },
  };
  const logEvents = { ...settings.backend.logEvents, loginFailed: "bad_password" };
  const { alerts } = describePlatform({
    ...settings,
    alerts: { ...settings.alerts, overrides },
    backend: { ...settings.backend, logEvents },
  });
  const named = (wanted: string) => alerts.find(({ name }) => name === wanted);
  expect(named("ErrorBurst")).toBeUndefined();
  expect(named("FailedLoginBurst")?.expression).toMatch(/event = "bad_password" .* > 7$/);
});
