import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inhibitions } from "../../../components/alerts/inhibitions.ts";
import { type Came, type Channel, taken } from "../../../services/alert-sink/received.ts";
import type { Sink } from "../../../services/alert-sink/sink.ts";
import { ground, type Product } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { startAlertmanager, startReceivers } from "./alertmanager.ts";
import { faultsOf, over, tell } from "./fired.ts";
import { arrived } from "./inbox.ts";
import { followed, linksIn } from "./links.ts";

// Pages have production's own times; what can wait does not wait here.
const shortened = { "30s": "1s", "5m": "3s", "1m": "1s" };
const settings = settingsOf("prod", undefined, { mtls: false });
const products = ground("delivery");

let alertmanager: Product;
let sink: Sink;
beforeAll(async () => {
  const receivers = await startReceivers(settings);
  sink = receivers.sink;
  alertmanager = await startAlertmanager(products, { settings, receivers, shortened });
  // The first time, Alertmanager is built.
}, 600_000);
afterAll(async () => {
  const counts = Object.entries(sink.inbox).map(([channel, came]) => `${channel} ${taken<unknown>(came).length}`);
  console.log(`messages delivered: ${counts.join(", ")}`);
  await products.clear();
  await sink.stop();
});

/** How much each channel had: what came since then is what a test looks at. */
const mark = (): Readonly<Record<Channel, number>> => {
  const { slack, pagerduty, email, webhook, heartbeat } = sink.inbox;
  return {
    slack: slack.length,
    pagerduty: pagerduty.length,
    email: email.length,
    webhook: webhook.length,
    heartbeat: heartbeat.length,
  };
};

test("a page goes to PagerDuty, Slack and the application, and is taken back when it is over [requirement channel/pagerduty, channel/slack, channel/webhook]", async () => {
  const before = mark();
  const down = faultsOf(settings, "BackendDown");
  await tell(alertmanager, down);
  const [event] = await arrived(sink.inbox.pagerduty, { after: before.pagerduty });
  const [message] = await arrived(sink.inbox.slack, { after: before.slack });
  const [posted] = await arrived(sink.inbox.webhook, { after: before.webhook });

  expect(event).toMatchObject({
    event_action: "trigger",
    client: "Alertmanager of prod",
    payload: {
      summary: `${down[0]?.annotations.summary} (production)`,
      severity: "critical",
      source: "backend in production",
      component: "backend",
      group: "production",
      class: "BackendDown",
      custom_details: { team: "trading", firing: expect.stringContaining(down[0]?.annotations.description ?? "?") },
    },
  });
  expect(message).toMatchObject({ channel: "#alerts", attachments: [{ color: "danger" }] });
  const [attachment] = message?.attachments ?? [];
  expect(attachment?.title).toBe("FIRING 1: backend in production");
  expect(attachment?.fallback).toBe(`${down[0]?.annotations.summary} (production)`);
  expect(attachment?.text).toMatch(
    /^\*BackendDown\* \(critical\) since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n.*\n.*\n<https.*\|Silence>\n$/,
  );
  expect(posted?.alerts.map((alert) => alert.labels.alertname)).toEqual(["BackendDown"]);
  expect(taken(sink.inbox.email.slice(before.email))).toEqual([]);

  await tell(alertmanager, over(down));
  const [, resolved] = await arrived(sink.inbox.pagerduty, { after: before.pagerduty, count: 2 });
  expect(resolved).toMatchObject({ event_action: "resolve", dedup_key: event?.dedup_key });
  const [, good] = await arrived(sink.inbox.slack, { after: before.slack, count: 2 });
  expect(good?.attachments?.[0]).toMatchObject({ color: "good", title: "RESOLVED: backend in production" });
  expect(good?.attachments?.[0]?.text).toMatch(/^~BackendDown~ resolved: /);
  const [, last] = await arrived(sink.inbox.webhook, { after: before.webhook, count: 2 });
  expect(last?.status).toBe("resolved");
});

test("a dead database pages once, with everything that follows from it firing too [requirement channel/email]", async () => {
  const before = mark();
  const follows = inhibitions.filter(({ source }) => source === "DatabaseDown").flatMap(({ targets }) => targets);
  const all = faultsOf(settings, "DatabaseDown", ...new Set(follows));
  // What the webhook on the backend does then.
  const failing = all.map((each) =>
    each.labels.alertname === "NotificationsFailing"
      ? { ...each, labels: { ...each.labels, integration: "webhook" } }
      : each,
  );
  expect(failing.length).toBeGreaterThan(9);
  await tell(alertmanager, failing);
  const [mail] = await arrived(sink.inbox.email, { after: before.email });
  await arrived(sink.inbox.pagerduty, { after: before.pagerduty });
  // As long as any group may still wait, and its next interval.
  await sleep(12_000);
  expect(taken(sink.inbox.pagerduty.slice(before.pagerduty))).toHaveLength(1);
  expect(taken(sink.inbox.slack.slice(before.slack))).toHaveLength(1);
  expect(taken(sink.inbox.email.slice(before.email))).toHaveLength(1);
  const told = taken(sink.inbox.webhook.slice(before.webhook)).flatMap(({ alerts }) => alerts);
  expect(told.map(({ labels }) => labels.alertname)).toEqual(["DatabaseDown"]);

  expect(mail).toMatchObject({
    from: settings.alerts.receivers.email.from,
    to: [settings.alerts.receivers.email.to],
    subject: "[FIRING] The database does not answer (production)",
    inReplyTo: expect.stringMatching(/^<alert-/),
  });
  expect(mail?.text).toContain("DatabaseDown (critical) since");
  expect(mail?.text).toContain(`Runbook: ${settings.alerts.runbookUrl}/DatabaseDown.md`);
  expect(mail?.html).toContain("<b>The database does not answer</b>");
  await tell(alertmanager, over(failing));
  const [, after] = await arrived(sink.inbox.email, { after: before.email, count: 2 });
  expect(after?.subject).toBe("[RESOLVED] The database does not answer (production)");
});

test("what follows from a dead database is told neither before it is, nor while it gets well again", async () => {
  const before = mark();
  const [down] = faultsOf(settings, "DatabaseDown");
  if (down === undefined) throw new Error("nothing fires");
  // It waits still, or has ended: only its inhibitor fires.
  const inhibitor = { ...down, labels: { ...down.labels, alertname: "DatabaseDownInhibitor", severity: "none" } };
  const follows = faultsOf(settings, "HighErrorRate", "TradingSystemUnhealthy");
  await tell(alertmanager, [inhibitor, ...follows]);
  // As long as a page waits, and its next interval.
  await sleep(12_000);
  for (const channel of ["pagerduty", "slack", "webhook", "email"] as const) {
    expect([channel, taken<unknown>(sink.inbox[channel].slice(before[channel]))]).toEqual([channel, []]);
  }

  await tell(alertmanager, over([inhibitor]));
  const [event] = await arrived(sink.inbox.pagerduty, { after: before.pagerduty });
  expect(event).toMatchObject({ payload: { class: expect.stringMatching(/HighErrorRate|TradingSystemUnhealthy/) } });
  await tell(alertmanager, over(follows));
  await arrived(sink.inbox.pagerduty, { after: before.pagerduty, count: 2 });
});

test("what one service has at one time is one message, and what Slack takes for its own is no mark-up", async () => {
  const before = mark();
  const hosts = faultsOf(settings, "HighCpuUsage", "HighMemoryUsage");
  const [first] = hosts;
  if (first === undefined) throw new Error("nothing fires");
  const odd = {
    ...first,
    labels: { ...first.labels, instance: "other:9100" },
    annotations: { ...first.annotations, summary: "<!channel> a & b" },
  };
  await tell(alertmanager, [...hosts, odd]);
  const [message] = await arrived(sink.inbox.slack, { after: before.slack });
  expect(message?.attachments?.[0]).toMatchObject({
    color: "warning",
    title: "FIRING 3: node-exporter in production",
    footer: "team platform, production",
  });
  expect(message?.attachments?.[0]?.text).toContain("&lt;!channel&gt; a &amp; b\n");
  expect(taken(sink.inbox.pagerduty.slice(before.pagerduty))).toEqual([]);
  await tell(alertmanager, over([...hosts, odd]));
  await arrived(sink.inbox.slack, { after: before.slack, count: 2 });
});

test("more alerts than people read are counted, not written out", async () => {
  const before = mark();
  const [cpu] = faultsOf(settings, "HighCpuUsage");
  if (cpu === undefined) throw new Error("nothing fires");
  const many = Array.from({ length: 60 }, (_, host) => ({
    ...cpu,
    labels: { ...cpu.labels, instance: `host-${host}` },
  }));
  await tell(alertmanager, many);
  const [message] = await arrived(sink.inbox.slack, { after: before.slack });
  const { text = "" } = message?.attachments?.[0] ?? {};
  expect(text.match(/\*HighCpuUsage\*/g)).toHaveLength(10);
  expect(text).toContain("The first 10 of 60.");
  await tell(alertmanager, over(many));
  await arrived(sink.inbox.slack, { after: before.slack, count: 2 });
});

test("the Watchdog reaches the heartbeat, and nobody else", async () => {
  const before = mark();
  const watchdog = faultsOf(settings, "Watchdog");
  await tell(alertmanager, watchdog);
  await arrived(sink.inbox.heartbeat, { after: before.heartbeat, count: 3 });
  await tell(alertmanager, over(watchdog));
  const { heartbeat: _, ...others } = sink.inbox;
  expect(JSON.stringify(others)).not.toContain("Watchdog");
});

test("every link of every message that came leads somewhere", () => {
  const links = linksIn(sink.inbox);
  expect(links.length).toBeGreaterThan(20);
  expect(links.flatMap((link) => followed(link, settings) ?? [])).toEqual([]);
});

test("every message that came was taken", () => {
  const statuses = Object.values(sink.inbox).flatMap((came: readonly Came<unknown>[]) =>
    came.map(({ status }) => status),
  );
  expect(statuses.filter((status) => status >= 300)).toEqual([]);
});
