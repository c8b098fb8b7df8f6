import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applySilences, heldSilences } from "../../../cli/silences/api.ts";
import { silencesText } from "../../../cli/silences/report.ts";
import type { Silences } from "../../../components/alerts/settings.ts";
import { planSilences, settingOf } from "../../../components/alerts/silences.ts";
import { taken } from "../../../services/alert-sink/received.ts";
import type { Sink } from "../../../services/alert-sink/sink.ts";
import { ground, type Product } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { startAlertmanager, startReceivers } from "./alertmanager.ts";
import { faultsOf, tell } from "./fired.ts";
import { arrived, holds } from "./inbox.ts";

const settings = settingsOf("prod", undefined, { mtls: false });
const shortened = { "30s": "1s", "5m": "2s", "1m": "1s" };
const products = ground("silences");

let alertmanager: Product;
let sink: Sink;
beforeAll(async () => {
  const receivers = await startReceivers(settings);
  sink = receivers.sink;
  alertmanager = await startAlertmanager(products, { settings, receivers, shortened });
  // The first time, Alertmanager is built.
}, 600_000);
afterAll(async () => {
  await products.clear();
  await sink.stop();
});

const soon = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

async function apply(wanted: Silences): Promise<void> {
  await applySilences(alertmanager.url, planSilences(wanted, await heldSilences(alertmanager.url), new Date()));
}

const live = async () => (await heldSilences(alertmanager.url)).filter(({ status }) => status.state !== "expired");

/** Names of the alerts that Slack's messages are about. */
const told = (): readonly string[] =>
  taken(sink.inbox.slack).flatMap(({ attachments = [] }) =>
    attachments.flatMap(({ text }) => [...text.matchAll(/^\*(\w+)\*/gm)].map(([, name]) => name ?? "")),
  );

test("what the settings say is silent, once however often it is applied, and no longer than they say it [requirement next/silences]", async () => {
  const wanted = {
    resize: { reason: "the cache is resized", owner: "platform", ends: soon(30), matchers: { category: "redis" } },
    tools: { reason: "tools are moved", owner: "platform", ends: soon(30), matchers: { category: "monitoring" } },
  };
  await applySilences(alertmanager.url, {
    post: [
      {
        matchers: [{ name: "alertname", value: "ClockSkew", isRegex: false, isEqual: true }],
        startsAt: new Date().toISOString(),
        endsAt: soon(60),
        createdBy: "ann",
        comment: "a person's own",
      },
    ],
    remove: [],
  });
  await apply(wanted);
  const first = await live();
  expect(first.map(settingOf).sort()).toEqual(["resize", "tools", undefined]);
  await apply(wanted);
  expect((await live()).map(({ id }) => id).sort()).toEqual(first.map(({ id }) => id).sort());

  await tell(alertmanager, faultsOf(settings, "HighRedisMemory", "HighCpuUsage", "ConfigReloadFailed", "Watchdog"));
  await holds("what is not silenced is told", () => told().includes("HighCpuUsage"));
  // The heartbeat belongs to the silenced category, and goes on.
  await arrived(sink.inbox.heartbeat, { count: 3 });
  await sleep(3000);
  expect(new Set(told())).toEqual(new Set(["HighCpuUsage"]));

  const longer = { ...wanted, resize: { ...wanted.resize, ends: soon(50) } };
  await apply(longer);
  const changed = (await live()).filter((silence) => settingOf(silence) === "resize");
  expect(changed.map(({ endsAt }) => new Date(endsAt).toISOString())).toEqual([longer.resize.ends]);

  const held = await heldSilences(alertmanager.url);
  const { tools } = wanted;
  const text = silencesText("prod", { tools }, held, planSilences({ tools }, held, new Date()));
  expect(text).toMatch(/^prod: 3 silences, 1 in the settings\n/);
  expect(text).toMatch(/^by hand +active .* alertname=ClockSkew +ann +a person's own$/m);
  expect(text).toMatch(/^resize +active .* category=redis +platform +the cache is resized$/m);
  expect(text).toContain("to be removed: resize, which is no longer in the settings");

  await apply({ tools });
  await holds("what is silenced no more is told", () => told().includes("HighRedisMemory"));
  expect(told()).not.toContain("ConfigReloadFailed");
  expect((await live()).map(settingOf).sort()).toEqual(["tools", undefined]);
});

test("in hours of maintenance people get pages and no warnings, and the application gets both", async () => {
  const other = ground("maintenance");
  const receivers = await startReceivers(settings);
  const { inbox } = receivers.sink;
  const always = { always: { reason: "a test", from: "00:00", to: "24:00" } };
  const during = { ...settings, alerts: { ...settings.alerts, maintenance: always } };
  try {
    const muted = await startAlertmanager(other, { settings: during, receivers, shortened });
    await tell(muted, faultsOf(settings, "HighRedisMemory", "BackendDown"));
    await arrived(inbox.webhook, { count: 2 });
    await arrived(inbox.slack);
    await sleep(4000);
    expect(taken(inbox.slack).map(({ attachments }) => attachments?.[0]?.title)).toEqual([
      "FIRING 1: backend in production",
    ]);
  } finally {
    await other.clear();
    await receivers.sink.stop();
  }
});

test("an Alertmanager that is not there is named", async () => {
  await expect(heldSilences("http://127.0.0.1:1")).rejects.toThrow(
    "Alertmanager does not answer at http://127.0.0.1:1",
  );
});
