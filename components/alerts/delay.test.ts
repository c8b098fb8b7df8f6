import fc from "fast-check";
import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import type { Settings } from "../settings.ts";
import { describePlatform } from "../specification.ts";
import type { Alert } from "./alert.ts";
import { evaluationOf, ignoredBlip, worstDelay } from "./delay.ts";
import { paces } from "./routes.ts";

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

test("a second more for the other Alertmanager would break that promise", () => {
  const settings = settingsOf("prod", "kubernetes");
  const critical = describePlatform(settings).alerts.filter(({ severity }) => severity === "critical");
  expect(Math.max(...critical.map((alert) => worstDelay(alert, settings).seconds))).toBe(60);
});

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
  // With two Alertmanagers, the second waits for the first.
  expect(worstDelay(named("DatabaseDown"), settingsOf("prod", "kubernetes")).seconds).toBe(
    5 + 4 + 5 + 30 + 1 + 5 + 2 + 2,
  );
  // Window 15 in place of scrape and timeout.
  expect(worstDelay(named("HighErrorRate"), settings).seconds).toBe(15 + 5 + 30 + 1 + 5 + 2);
  // A log line's way 3, window 120, the ruler 15, for 300; a warning's group waits up to five minutes.
  expect(worstDelay(named("ErrorBurst"), settings).seconds).toBe(3 + 120 + 15 + 300 + 1 + 300 + 2);
  // for is counted in whole evaluations; a warning's group waits up to five minutes.
  const warning = { ...named("HighMemoryUsage"), for: { seconds: 62 } };
  expect(worstDelay(warning, settings).seconds).toBe(5 + 4 + 5 + 65 + 1 + 300 + 2);
});

/** Where in their intervals scrapes and evaluations are when the fault begins, and how much of its bound each way takes: 0 to 1. For lines, `scrape` is their way to Loki. */
interface Chance {
  readonly scrape: number;
  readonly evaluation: number;
  readonly way: number;
}

/** Time from a fault at 0 to its message, by playing scrapes and evaluations one after the other. */
function played(alert: Alert, settings: Settings, chance: Chance): number {
  const isSeen = alert.source === "logs" ? linesSeen(alert, chance) : samplesSeen(alert, settings, chance);
  const step = evaluationOf(alert, settings).seconds;
  const { wait, interval } = paces[alert.severity];
  const group = Math.max(wait.seconds, interval.seconds);
  let since: number | undefined;
  for (let now = chance.evaluation * step; ; now += step) {
    since = isSeen(now) ? (since ?? now) : undefined;
    // Handover 1 s, the group's wait, delivery 2 s.
    if (since !== undefined && now - since >= alert.for.seconds) return now + chance.way * (1 + group + 2);
  }
}

/** Lines a tenth more than the limit, each of which is 2 s on its way at most. */
const linesSeen =
  ({ window }: Alert, { scrape }: Chance) =>
  (now: number): boolean =>
    now - 2 * scrape > (window?.seconds ?? 0) / 1.1;

function samplesSeen(alert: Alert, { metrics }: Settings, { scrape }: Chance) {
  const { scrapeInterval, scrapeTimeout } = metrics;
  const step = scrapeInterval.seconds;
  // The last scrape before the fault is the one at or below 0; a scrape of the fault is stored when its timeout is over.
  const scrapes = Array.from({ length: 200 }, (_, index) => (scrape + index) * step - 100 * step);
  const stored = scrapes.map((at) => ({ at, from: at >= 0 ? at + scrapeTimeout.seconds : at }));
  return (now: number): boolean => {
    const known = stored.filter(({ from }) => from <= now);
    if (alert.window === undefined) return (known.at(-1)?.at ?? -1) >= 0;
    const inWindow = known.filter(({ at }) => at > now - (alert.window?.seconds ?? 0));
    return inWindow.length >= 2 && inWindow.every(({ at }) => at >= 0);
  };
}

test("whenever a fault begins, its page comes within the promise, and the promise is no larger than it must be", () => {
  const chance = fc.double({ min: 0, max: 1, noNaN: true });
  for (const stack of ["dev", "prod"]) {
    const settings = settingsOf(stack);
    const { alerts } = describePlatform(settings);
    for (const alert of alerts.filter(({ severity }) => severity !== "none")) {
      const promise = worstDelay(alert, settings).seconds;
      let worst = 0;
      fc.assert(
        fc.property(fc.record({ scrape: chance, evaluation: chance, way: chance }), (chances) => {
          const measured = played(alert, settings, chances);
          worst = Math.max(worst, measured);
          expect(measured).toBeLessThanOrEqual(promise + 1e-6);
        }),
        {
          examples: [[{ scrape: 0.999, evaluation: 0.999, way: 1 }]],
          numRuns: alert.severity === "critical" ? 50 : 15,
        },
      );
      expect(worst / promise, alert.name).toBeGreaterThanOrEqual(0.7);
    }
  }
});
