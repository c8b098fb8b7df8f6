import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { alertsText } from "./alerts.ts";

test("prints each alert with who is told, its worst delay and the blip it ignores, and why some are different", async () => {
  const settings = settingsOf("prod");
  const overrides = {
    HighCpuUsage: { reason: "batch hosts", off: true },
    RedisDown: { reason: "the cache restarts at night", for: { seconds: 60 } },
  };
  const lines = (await alertsText({ ...settings, alerts: { ...settings.alerts, overrides } })).split("\n");
  const row = (name: string) => lines.find((line) => line.startsWith(`${name} `))?.split(/ {2,}/);
  expect(lines[0]).toMatch(/^prod on ecs: \d+ alerts$/);
  expect(row("BackendDown")).toEqual(["BackendDown", "critical", "pagerduty, slack, webhook", "52s", "21s"]);
  expect(row("RedisDown")).toEqual(["RedisDown", "critical", "pagerduty, slack, webhook", "1m22s", "51s"]);
  expect(row("HighCpuUsage")).toBeUndefined();
  expect(lines.slice(-2)).toEqual([
    "HighCpuUsage: off, because: batch hosts",
    "RedisDown: other for, because: the cache restarts at night",
  ]);
});
