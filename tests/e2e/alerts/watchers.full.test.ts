import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openedUrl } from "../../../components/access.ts";
import { alertRules } from "../../../components/alerts/rules.ts";
import { describePlatform } from "../../../components/specification.ts";
import { seconds } from "../../../components/workload/index.ts";
import { taken } from "../../../services/alert-sink/received.ts";
import { ground } from "../../support/products/product.ts";
import { startPrometheus } from "../../support/products/prometheus.ts";
import { settingsOf } from "../../support/stacks.ts";
import { startAlertmanager, startReceivers } from "./alertmanager.ts";
import { faultsOf, tell } from "./fired.ts";
import { arrived, holds } from "./inbox.ts";
import { followed, linksIn } from "./links.ts";

// The whole way, from a counter of Alertmanager to a message. What takes minutes in production takes seconds here.
const production = settingsOf("prod", undefined, { mtls: false });
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

/** Scrapes this Alertmanager, and tells it what follows from that. */
const config = (folder: string, alertmanager: string): object => {
  writeFileSync(join(folder, "alert.rules"), alertRules(watchers, settings));
  const target = { static_configs: [{ targets: [alertmanager] }] };
  return {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: ["alert.rules"],
    alerting: { alertmanagers: [target] },
    scrape_configs: [{ job_name: "alertmanager", ...target }],
  };
};

test("Slack takes nothing: PagerDuty says so; Prometheus ends: the heartbeat stops", { timeout: 600_000 }, async () => {
  const products = ground("watchers");
  const receivers = await startReceivers(settings);
  const { sink } = receivers;
  try {
    const alertmanager = await startAlertmanager(products, { settings, receivers, shortened });
    const prometheus = await startPrometheus(products, {
      config: (folder) => config(folder, alertmanager.address),
      flags: [
        `--web.external-url=${openedUrl(settings, "prometheus")}`,
        // An alert lives four times as long as this after its last word: four minutes, where nothing is said.
        "--rules.alert.resend-delay=1s",
      ],
    });
    sink.behave("slack", { kind: "refuses", status: 404 });
    await tell(alertmanager, faultsOf(settings, "HighRedisMemory"));
    const [event] = await arrived(sink.inbox.pagerduty, { seconds: 60 });
    expect(event).toMatchObject({
      event_action: "trigger",
      payload: {
        summary: "slack does not take alerts (production)",
        severity: "warning",
        class: "NotificationsFailing",
      },
    });
    await holds("the application hears it too", () =>
      taken(sink.inbox.webhook).some(({ alerts: told }) =>
        told.some(({ labels }) => labels.alertname === "NotificationsFailing"),
      ),
    );
    expect(taken(sink.inbox.slack)).toEqual([]);
    // The links that Prometheus itself makes are among them.
    const links = linksIn(sink.inbox);
    expect(links.some((link) => link.includes("alertmanager_notifications_failed_total"))).toBe(true);
    expect(links.flatMap((link) => followed(link, settings) ?? [])).toEqual([]);

    await arrived(sink.inbox.heartbeat, { count: 4 });
    await prometheus.stop();
    await holds("the heartbeat stops", () => (sink.inbox.heartbeat.at(-1)?.at ?? 0) < Date.now() - 5000);
    const count = sink.inbox.heartbeat.length;
    await sleep(3000);
    expect(sink.inbox.heartbeat).toHaveLength(count);
  } finally {
    await products.clear();
    await sink.stop();
  }
});
