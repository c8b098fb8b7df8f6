import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { alertRules } from "../../../components/alerts/rules.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { at, entries, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { startAlertmanager, startPrometheus } from "../../support/products/prometheus.ts";
import { type Sink, startSink } from "../../support/products/sink.ts";
import { settingsOf } from "../../support/stacks.ts";

let products: Ground;
let sink: Sink;
let prometheus: Product;

/** Between two heartbeats here, in place of a minute. */
const pace = "2s";

beforeAll(async () => {
  products = ground("heartbeat");
  sink = await startSink();
  const production = settingsOf("prod");
  const settings = { ...production, alerts: { ...production.alerts, heartbeatUrl: `${sink.url}/heartbeat` } };
  const platform = describePlatform(settings);
  const config: unknown = parse(mountedFile(platform, "alertmanager", "/etc/alertmanager/alertmanager.yml"));
  const alertmanager = await startAlertmanager(products, {
    route: JSON.parse(JSON.stringify(at(config, "route")).replaceAll('"1m"', `"${pace}"`)),
    // The heartbeat's receiver is the stack's own; people's would need their secrets.
    receivers: list(at(config, "receivers")).map((receiver) =>
      at(receiver, "name") === "heartbeat"
        ? Object.fromEntries(entries(receiver))
        : { name: at(receiver, "name"), webhook_configs: [{ url: `${sink.url}/people` }] },
    ),
  });
  prometheus = await startPrometheus(products, {
    config: (folder) => {
      const watchdog = platform.alerts.filter(({ name }) => name === "Watchdog");
      writeFileSync(join(folder, "alert.rules"), alertRules(watchdog, settings));
      return {
        global: { evaluation_interval: "1s" },
        rule_files: [join(folder, "alert.rules")],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager.address] }] }] },
      };
    },
    // An alert is over after four times this (a minute by default) without news: so long Alertmanager goes on by itself.
    flags: ["--rules.alert.resend-delay=1s"],
  });
  // The first time, Prometheus and Alertmanager are built.
}, 900_000);
afterAll(async () => {
  await products.clear();
  await sink.close();
});

const heartbeats = () => sink.received.filter(({ path }) => path === "/heartbeat");

test("the heartbeat beats while Prometheus runs, and stops when it does; nobody else is told", {
  timeout: 120_000,
}, async () => {
  await until("three heartbeats came", async () => (heartbeats().length >= 3 ? true : undefined));
  await prometheus.stop();
  // As a dead man's switch does: it calls when for ten beats nothing came.
  const silence = await until("the switch notices", async () => {
    const last = heartbeats().at(-1)?.at ?? 0;
    const silent = performance.now() - last;
    return silent > 20_000 ? silent : undefined;
  });
  expect(silence).toBeGreaterThan(20_000);
  expect(heartbeats().every(({ body }) => at(body, "status") === "firing")).toBe(true);
  expect(sink.received.filter(({ path }) => path === "/people")).toEqual([]);
});
