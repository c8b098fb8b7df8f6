import fc from "fast-check";
import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import type { Settings } from "../settings.ts";
import { describePlatform } from "../specification.ts";
import { seconds } from "../workload/index.ts";
import { type Inhibitor, inhibitorsOf } from "./inhibitors.ts";
import { paces } from "./routes.ts";

const prod = settingsOf("prod");
const { alerts } = describePlatform(prod);

const inhibitorOf = (name: string, settings: Settings, lasting: number): Inhibitor => {
  const made = inhibitorsOf(
    alerts.map((alert) => ({ ...alert, for: seconds(lasting) })),
    settings,
  );
  return made.find(({ source }) => source.name === name) ?? expect.unreachable(`${name} silences nothing`);
};

test("every alert that silences one of the stack's has one, and no other", () => {
  const sources = ["BackendDown", "DatabaseDown", "RedisDown"];
  expect(inhibitorsOf(alerts, prod).map(({ name }) => name)).toEqual(sources.map((name) => `${name}Inhibitor`));
  const alone = alerts.filter(({ name }) => name === "DatabaseDown");
  expect(inhibitorsOf(alone, prod)).toEqual([]);
});

/** The first of the evaluations, which are `step` apart, that is not before a moment; in milliseconds, as all below. */
const next = (moment: number, offset: number, step: number): number =>
  offset + Math.max(0, Math.ceil((moment - offset) / step)) * step;

test("nothing is told before its cause silences it, whatever the moments of scrapes and evaluations", () => {
  const handover = 1000;
  fc.assert(
    fc.property(
      fc.record({
        interval: fc.integer({ min: 1, max: 60 }),
        timeoutShare: fc.double({ min: 0.1, max: 1, noNaN: true }),
        lasting: fc.integer({ min: 0, max: 300 }),
        // When in its interval each of them falls.
        scrape: fc.double({ min: 0, max: 0.999, noNaN: true }),
        evaluation: fc.double({ min: 0, max: 0.999, noNaN: true }),
        targetEvaluation: fc.double({ min: 0, max: 0.999, noNaN: true }),
      }),
      ({ interval, timeoutShare, lasting, scrape, evaluation, targetEvaluation }) => {
        const timeout = Math.max(1, Math.floor(interval * timeoutShare));
        // Where alerts wait for less than scrapes are apart, nothing can be silenced in time.
        fc.pre(1000 * lasting + 1000 * paces.critical.wait.seconds >= 1000 * (2 * interval + timeout) + handover);
        const metrics = { ...prod.metrics, scrapeInterval: seconds(interval), scrapeTimeout: seconds(timeout) };
        const { from } = inhibitorOf("DatabaseDown", { ...prod, metrics }, lasting);
        const step = 1000 * interval;

        // The fault begins at 0. What follows from it is seen at once, itself only by a scrape that takes its timeout.
        const targetWaits = next(0, targetEvaluation * step, step);
        const told =
          next(targetWaits + 1000 * lasting, targetEvaluation * step, step) + 1000 * paces.critical.wait.seconds;
        const sourceWaits = next(scrape * step + 1000 * timeout, evaluation * step, step);
        const silenced = next(sourceWaits + 1000 * from.seconds, evaluation * step, step) + handover;
        expect(silenced).toBeLessThanOrEqual(told + 1e-6);
        expect(from.seconds).toBeLessThanOrEqual(lasting);
      },
    ),
    { numRuns: 2000 },
  );
});

test("in production a blip of less than a quarter of a minute silences nothing", () => {
  const { from, after } = inhibitorsOf(alerts, prod)[1] ?? expect.unreachable();
  expect({ from, after }).toEqual({ from: seconds(15), after: seconds(55) });
});
