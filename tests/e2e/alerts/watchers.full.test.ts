import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { describePlatform } from "../../../components/specification.ts";
import { seconds } from "../../../components/workload/index.ts";
import { taken } from "../../../services/alert-sink/received.ts";
import { eventually } from "../../support/eventually.ts";
import { settingsOf } from "../../support/stacks.ts";
import { fired, localSink, startAlertmanager } from "./alertmanager.ts";
import { followed, linksIn } from "./links.ts";
import { startPrometheus } from "./prometheus.ts";

// The whole way, from a counter of Alertmanager to a message. What takes minutes in production takes seconds here.
const production = settingsOf("prod");
const settings = {
  ...production,
  metrics: { ...production.metrics, scrapeInterval: seconds(1), scrapeTimeout: seconds(1) },
  alerts: {
    ...production.alerts,
    overrides: { NotificationsFailing: { reason: "a test has no five minutes", for: seconds(2) } },
  },
};
const shortened = { "30s": "1s", "5m": "2s", "1m": "1s" };
const { alerts } = describePlatform(settings);
const watchers = alerts.filter(({ name }) => name === "NotificationsFailing" || name === "Watchdog");

test("Slack takes nothing: PagerDuty says so; Prometheus ends: the heartbeat stops", { timeout: 600_000 }, async () => {
  const { sink, certificate } = await localSink(settings);
  const running = await startAlertmanager(settings, { sink, certificate }, shortened);
  const prometheus = await startPrometheus(settings, watchers, running.url);
  try {
    sink.behave("slack", { kind: "refuses", status: 404 });
    const notice = alerts.filter(({ name }) => name === "HighRedisMemory").flatMap((alert) => fired(alert, settings));
    await running.tell(notice);
    const [event] = await eventually(
      () => (taken(sink.inbox.pagerduty).length > 0 ? taken(sink.inbox.pagerduty) : undefined),
      60,
      () => sink.inbox.slack.length,
    );
    expect(event).toMatchObject({
      event_action: "trigger",
      payload: {
        summary: "slack does not take alerts (production)",
        severity: "warning",
        class: "NotificationsFailing",
      },
    });
    const told = taken(sink.inbox.webhook).flatMap((message) => message.alerts.map(({ labels }) => labels.alertname));
    expect(told).toContain("NotificationsFailing");
    expect(taken(sink.inbox.slack)).toEqual([]);
    // The links that Prometheus itself makes are among them.
    const links = linksIn(sink.inbox);
    expect(links.some((link) => link.includes("alertmanager_notifications_failed_total"))).toBe(true);
    expect(links.flatMap((link) => followed(link, settings) ?? [])).toEqual([]);

    expect(taken(sink.inbox.heartbeat).length).toBeGreaterThan(3);
    await prometheus.stop();
    const isSilent = () => ((sink.inbox.heartbeat.at(-1)?.at ?? 0) < Date.now() - 5000 ? true : undefined);
    await eventually(isSilent, 30);
    const count = sink.inbox.heartbeat.length;
    await sleep(3000);
    expect(sink.inbox.heartbeat).toHaveLength(count);
  } finally {
    await prometheus.stop();
    await running.stop();
    await sink.stop();
  }
});
