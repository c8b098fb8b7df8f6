import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { alertmanager } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import { paces } from "../../../components/alerts/routes.ts";
import { describePlatform } from "../../../components/specification.ts";
import { type Came, type Channel, taken } from "../../../services/alert-sink/received.ts";
import { eventually } from "../../support/eventually.ts";
import { settingsOf } from "../../support/stacks.ts";
import { fired, localSink, type Running, startAlertmanager } from "./alertmanager.ts";

// Production's own times: a page's group waits 5 s, and what failed is sent again after 5 s.
const settings = settingsOf("prod");
const interval = paces.critical.interval.seconds * 1000;
const pages = ["slack", "pagerduty", "email", "webhook"] as const;

// The first time, it is built.
beforeAll(() => ensureTool(alertmanager), 600_000);

/** An Alertmanager and receivers for one test alone, and a dead database, which all four channels are told of. */
async function withDeadDatabase(
  ill: Channel,
  mood: Parameters<Running["sink"]["behave"]>[1],
  check: (run: Run) => Promise<void>,
) {
  const local = await localSink(settings);
  const running = await startAlertmanager(settings, local).catch(async (error) => {
    await local.sink.stop();
    throw error;
  });
  const { sink } = running;
  try {
    sink.behave(ill, mood);
    const { alerts } = describePlatform(settings);
    await running.tell(alerts.filter(({ name }) => name === "DatabaseDown").flatMap((alert) => fired(alert, settings)));
    const others = pages.filter((each) => each !== ill);
    const isTold = (channel: Channel): boolean => taken<unknown>(sink.inbox[channel]).length > 0;
    // Nobody is held up: group_wait, and time enough for a busy machine.
    await eventually(
      () => (others.every(isTold) ? true : undefined),
      15,
      () => sink.inbox,
    );
    expect(taken<unknown>(sink.inbox[ill])).toEqual([]);
    await check({
      came: sink.inbox[ill],
      failed: (metric, labels) => running.counted(metric, { integration: ill, ...labels }),
      recover: async () => {
        sink.behave(ill, { kind: "well" });
        await eventually(
          () => (isTold(ill) ? true : undefined),
          25,
          () => sink.inbox,
        );
      },
    });
    // Nothing comes twice at the intervals that follow.
    await sleep(interval + 2000);
    for (const channel of pages) expect([channel, taken<unknown>(sink.inbox[channel]).length]).toEqual([channel, 1]);
  } finally {
    await running.stop();
    await sink.stop();
  }
}

interface Run {
  /** What the ill channel was asked so far. */
  readonly came: readonly Came<unknown>[];
  failed(metric: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** The channel is well again, and gets what it missed. */
  recover(): Promise<void>;
}

const attempts = (came: readonly unknown[], count: number) =>
  eventually(() => (came.length >= count ? true : undefined), 25);

/** Milliseconds between one attempt and the next. */
const pauses = (came: readonly Came<unknown>[]): readonly number[] =>
  came.flatMap(({ at }, index) => (index === 0 ? [] : [at - (came[index - 1]?.at ?? 0)]));

test.concurrent.each(["slack", "webhook"] as const)(
  "%s that answers 429 is asked again at the next interval",
  async (channel) => {
    await withDeadDatabase(channel, { kind: "refuses", status: 429 }, async ({ came, failed, recover }) => {
      await attempts(came, 3);
      // Not sooner: a second is for the machine.
      expect(Math.min(...pauses(came))).toBeGreaterThan(interval - 1000);
      expect(await failed("alertmanager_notifications_failed_total", { reason: "clientError" })).toBeGreaterThanOrEqual(
        2,
      );
      await recover();
    });
  },
);

test.concurrent("PagerDuty that answers 429 is asked again at once", async () => {
  await withDeadDatabase("pagerduty", { kind: "refuses", status: 429 }, async ({ came, recover }) => {
    await attempts(came, 3);
    expect(Math.min(...pauses(came))).toBeLessThan(interval - 1000);
    await recover();
  });
});

test.concurrent.each(["slack", "pagerduty", "webhook"] as const)(
  "%s that answers 503 is asked again at once",
  async (channel) => {
    await withDeadDatabase(channel, { kind: "refuses", status: 503 }, async ({ came, recover }) => {
      await attempts(came, 3);
      expect(Math.min(...pauses(came))).toBeLessThan(interval - 1000);
      await recover();
    });
  },
);

test.concurrent.each(["slack", "pagerduty", "webhook"] as const)(
  "%s that never answers is given up after five seconds",
  async (channel) => {
    await withDeadDatabase(channel, { kind: "hangs" }, async ({ failed, recover }) => {
      await eventually(async () => {
        const count = await failed("alertmanager_notification_requests_failed_total");
        return count > 0 ? true : undefined;
      }, 25);
      await recover();
    });
  },
);

test.concurrent.each(pages)("%s that breaks its connections gets it when it is well", async (channel) => {
  await withDeadDatabase(channel, { kind: "breaks" }, ({ recover }) => recover());
});

// Alertmanager 0.31 waits for a mail server for as long as that keeps the connection; here that is ten seconds.
test.concurrent("a mail server that never greets holds up mail alone, which comes when its connection is gone", async () => {
  await withDeadDatabase("email", { kind: "hangs" }, ({ recover }) => recover());
});
