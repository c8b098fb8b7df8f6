import { afterAll, beforeAll, expect, test } from "vitest";
import type { Alert } from "../../../components/alerts/alert.ts";
import { inhibitions } from "../../../components/alerts/inhibitions.ts";
import { describePlatform } from "../../../components/specification.ts";
import { type Came, taken } from "../../../services/alert-sink/received.ts";
import type { Sink } from "../../../services/alert-sink/sink.ts";
import { eventually } from "../../support/eventually.ts";
import { settingsOf } from "../../support/stacks.ts";
import { type Fired, fired, localSink, type Running, startAlertmanager } from "./alertmanager.ts";
import { followed, linksIn } from "./links.ts";

// Pages have production's own times; what can wait does not wait here.
const shortened = { "30s": "1s", "5m": "3s", "1m": "1s" };

const settings = settingsOf("prod");
const { alerts } = describePlatform(settings);

let running: Running;
let sink: Sink;
beforeAll(async () => {
  running = await startAlertmanager(settings, await localSink(settings), shortened);
  sink = running.sink;
  // The first time, Alertmanager is built.
}, 600_000);
afterAll(async () => {
  const counts = Object.entries(sink.inbox).map(([channel, came]) => `${channel} ${taken<unknown>(came).length}`);
  console.log(`messages delivered: ${counts.join(", ")}`);
  await running.stop();
  await sink.stop();
});

function named(name: string): Alert {
  const found = alerts.find((alert) => alert.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** How many messages each channel had; what came since then is what a test looks at. */
const mark = () => Object.fromEntries(Object.entries(sink.inbox).map(([channel, came]) => [channel, came.length]));
const since = <Message>(came: readonly Came<Message>[], channel: string, from: Readonly<Record<string, number>>) =>
  taken(came.slice(from[channel]));

const over = (all: readonly Fired[]): readonly Fired[] =>
  all.map((each) => ({ ...each, endsAt: new Date(Date.now() - 1000).toISOString() }));

test("a page goes to PagerDuty, Slack and the application, and is taken back when it is over", async () => {
  const before = mark();
  const down = fired(named("BackendDown"), settings);
  await running.tell(down);
  const [event] = await eventually(() => some(since(sink.inbox.pagerduty, "pagerduty", before)));
  const [message] = await eventually(() => some(since(sink.inbox.slack, "slack", before)));
  const [posted] = await eventually(() => some(since(sink.inbox.webhook, "webhook", before)));

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
  expect(since(sink.inbox.email, "email", before)).toEqual([]);

  await running.tell(over(down));
  const [, resolved] = await eventually(() => some(since(sink.inbox.pagerduty, "pagerduty", before), 2));
  expect(resolved).toMatchObject({ event_action: "resolve", dedup_key: event?.dedup_key });
  const [, good] = await eventually(() => some(since(sink.inbox.slack, "slack", before), 2));
  expect(good?.attachments?.[0]).toMatchObject({ color: "good", title: "RESOLVED: backend in production" });
  expect(good?.attachments?.[0]?.text).toMatch(/^~BackendDown~ resolved: /);
  const [, last] = await eventually(() => some(since(sink.inbox.webhook, "webhook", before), 2));
  expect(last?.status).toBe("resolved");
});

test("a dead database pages once, with everything that follows from it firing too", async () => {
  const before = mark();
  const follows = inhibitions.filter(({ source }) => source === "DatabaseDown").flatMap(({ targets }) => targets);
  const all = ["DatabaseDown", ...follows].flatMap((name) => fired(named(name), settings));
  // What the webhook on the backend does then.
  const failing = all.map((each) =>
    each.labels.alertname === "NotificationsFailing"
      ? { ...each, labels: { ...each.labels, integration: "webhook" } }
      : each,
  );
  expect(failing.length).toBeGreaterThan(9);
  await running.tell(failing);
  const [mail] = await eventually(() => some(since(sink.inbox.email, "email", before)));
  await eventually(() => some(since(sink.inbox.pagerduty, "pagerduty", before)));
  // As long as any group may still wait, and its next interval.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect(since(sink.inbox.pagerduty, "pagerduty", before)).toHaveLength(1);
  expect(since(sink.inbox.slack, "slack", before)).toHaveLength(1);
  expect(since(sink.inbox.email, "email", before)).toHaveLength(1);
  const told = since(sink.inbox.webhook, "webhook", before).flatMap(({ alerts }) => alerts);
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
  await running.tell(over(failing));
  const [, after] = await eventually(() => some(since(sink.inbox.email, "email", before), 2));
  expect(after?.subject).toBe("[RESOLVED] The database does not answer (production)");
});

test("what one service has at one time is one message, and what Slack takes for its own is no mark-up", async () => {
  const before = mark();
  const hosts = ["HighCpuUsage", "HighMemoryUsage"].flatMap((name) => fired(named(name), settings));
  const [first] = hosts;
  if (first === undefined) throw new Error("nothing fires");
  const odd = {
    ...first,
    labels: { ...first.labels, instance: "other:9100" },
    annotations: { ...first.annotations, summary: "<!channel> a & b" },
  };
  await running.tell([...hosts, odd]);
  const [message] = await eventually(() => some(since(sink.inbox.slack, "slack", before)));
  expect(message?.attachments?.[0]).toMatchObject({
    color: "warning",
    title: "FIRING 3: node-exporter in production",
    footer: "team platform, production",
  });
  expect(message?.attachments?.[0]?.text).toContain("&lt;!channel&gt; a &amp; b\n");
  expect(since(sink.inbox.pagerduty, "pagerduty", before)).toEqual([]);
  await running.tell(over([...hosts, odd]));
  await eventually(() => some(since(sink.inbox.slack, "slack", before), 2));
});

test("more alerts than people read are counted, not written out", async () => {
  const before = mark();
  const [cpu] = fired(named("HighCpuUsage"), settings);
  if (cpu === undefined) throw new Error("nothing fires");
  const many = Array.from({ length: 60 }, (_, host) => ({
    ...cpu,
    labels: { ...cpu.labels, instance: `host-${host}` },
  }));
  await running.tell(many);
  const message = await eventually(() =>
    since(sink.inbox.slack, "slack", before).find(({ attachments }) => attachments?.[0]?.title?.includes("FIRING 60")),
  );
  const { text = "" } = message.attachments?.[0] ?? {};
  expect(text.match(/\*HighCpuUsage\*/g)).toHaveLength(10);
  expect(text).toContain("The first 10 of 60.");
  await running.tell(over(many));
  await eventually(() => some(since(sink.inbox.slack, "slack", before), 2));
});

test("the Watchdog reaches the heartbeat, and nobody else", async () => {
  const before = mark();
  const watchdog = fired(named("Watchdog"), settings);
  await running.tell(watchdog);
  await eventually(() => some(since(sink.inbox.heartbeat, "heartbeat", before), 3));
  await running.tell(over(watchdog));
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

/** The list once it is so long. */
const some = <Value>(values: readonly Value[], count = 1): readonly Value[] | undefined =>
  values.length >= count ? values : undefined;
