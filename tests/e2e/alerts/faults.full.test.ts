import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { alertmanager as alertmanagerTool } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import { paces } from "../../../components/alerts/routes.ts";
import { type Came, type Channel, type Mood, taken } from "../../../services/alert-sink/received.ts";
import { ground } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { counted, startAlertmanager, startReceivers } from "./alertmanager.ts";
import { faultsOf, tell } from "./fired.ts";
import { holds } from "./inbox.ts";

// Production's own times: a page's group waits 5 s, and what failed is sent again after 5 s.
const settings = settingsOf("prod", undefined, { mtls: false });
const interval = paces.critical.interval.seconds * 1000;
const pages = ["slack", "pagerduty", "email", "webhook"] as const;

// The first time, it is built.
beforeAll(() => ensureTool(alertmanagerTool), 600_000);

interface Run {
  /** What the ill channel was asked so far. */
  readonly came: readonly Came<unknown>[];
  failed(metric: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** The channel is well again, and gets what it missed. */
  recover(): Promise<void>;
}

/**
 * A dead database, which all four channels are told of, while one of them is ill: the others are not held up, and in the
 * end each has the message once. An Alertmanager and receivers for one test alone.
 */
async function withDeadDatabase(ill: Channel, mood: Mood, check: (run: Run) => Promise<void>): Promise<void> {
  const products = ground("faults");
  const receivers = await startReceivers(settings);
  const { sink } = receivers;
  const count = (channel: Channel): number => taken<unknown>(sink.inbox[channel]).length;
  try {
    const alertmanager = await startAlertmanager(products, { settings, receivers });
    sink.behave(ill, mood);
    await tell(alertmanager, faultsOf(settings, "DatabaseDown"));
    const others = pages.filter((each) => each !== ill);
    // group_wait, and time enough for a busy machine.
    await holds("the others are told", () => others.every((each) => count(each) > 0), 20);
    expect(count(ill)).toBe(0);
    await check({
      came: sink.inbox[ill],
      failed: (metric, labels) => counted(alertmanager, metric, { integration: ill, ...labels }),
      recover: async () => {
        sink.behave(ill, { kind: "well" });
        await holds("it gets what it missed", () => count(ill) > 0);
      },
    });
    // Nothing comes twice at the interval that follows.
    await sleep(interval + 2000);
    for (const channel of pages) expect([channel, count(channel)]).toEqual([channel, 1]);
  } finally {
    await products.clear();
    await sink.stop();
  }
}

const attempts = (came: readonly unknown[], count: number) => holds(`${count} attempts`, () => came.length >= count);

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
      await holds("it is given up", async () => (await failed("alertmanager_notification_requests_failed_total")) > 0);
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
