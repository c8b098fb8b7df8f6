import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { describePlatform } from "../specification.ts";
import { ignoredBlip, worstDelay } from "./delay.ts";

test.each(["ecs", "kubernetes", "docker"])(
  "in production on %s a critical fault is told within the minute, a blip of 10 s never",
  (target) => {
    const settings = settingsOf("prod", target);
    const critical = describePlatform(settings).alerts.filter(({ severity }) => severity === "critical");
    expect(critical.length).toBeGreaterThanOrEqual(5);
    const late = critical.filter((alert) => worstDelay(alert, settings).seconds > 60);
    const nervous = critical.filter((alert) => ignoredBlip(alert, settings).seconds < 10);
    expect({ late: late.map(({ name }) => name), nervous: nervous.map(({ name }) => name) }).toEqual({
      late: [],
      nervous: [],
    });
  },
);

test.each(["dev", "staging", "prod"])(
  "in %s no alert that can page or interrupt is told of a blip of 10 s",
  (stack) => {
    const settings = settingsOf(stack);
    const faults = describePlatform(settings).alerts.filter(({ severity }) => severity !== "none");
    const nervous = faults.filter((alert) => ignoredBlip(alert, settings).seconds < 10);
    // A lost notification and a crash are no blips: the first has failed twice, the others are counted over minutes.
    expect(nervous.map(({ name }) => name)).toEqual(["RestartLoop", "NotificationsFailing"]);
  },
);

test("the worst delay is the sum of its parts", () => {
  const settings = settingsOf("prod");
  const named = (name: string) => {
    const found = describePlatform(settings).alerts.find((alert) => alert.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  // Scrape 5, timeout 4, evaluation 5, for 30, handover 1, group 5, delivery 2.
  expect(worstDelay(named("DatabaseDown"), settings).seconds).toBe(5 + 4 + 5 + 30 + 1 + 5 + 2);
  // Window 15 in place of scrape and timeout.
  expect(worstDelay(named("HighErrorRate"), settings).seconds).toBe(15 + 5 + 30 + 1 + 5 + 2);
  // for is counted in whole evaluations; a warning's group waits up to five minutes.
  const warning = { ...named("HighMemoryUsage"), for: { seconds: 62 } };
  expect(worstDelay(warning, settings).seconds).toBe(5 + 4 + 5 + 65 + 1 + 300 + 2);
});
