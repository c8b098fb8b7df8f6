import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Settings } from "../components/settings.ts";
import { describePlatform, mountedFile } from "../components/specification.ts";
import { at, list, text } from "../tests/support/json.ts";
import { until } from "../tests/support/process.ts";
import type { Ground, Product } from "../tests/support/products/product.ts";
import { startAlertmanager, startPrometheus } from "../tests/support/products/prometheus.ts";
import type { Received, Sink } from "../tests/support/products/sink.ts";
import { rival } from "./kube-prometheus.ts";

/** A monitoring system of the comparison: what tells of a backend that is gone, and what it costs. */
export interface System {
  readonly name: "ours" | "rival";
  readonly alert: string;
  readonly prometheus: Product;
}

export interface Targets {
  /** Of the backend, which will be gone. */
  readonly backend: string;
  /** A real node_exporter: something to scrape, for the cost. */
  readonly host: string;
}

const jobs = ({ backend, host }: Targets) => [
  { job_name: "backend", static_configs: [{ targets: [backend] }] },
  { job_name: "node-exporter", static_configs: [{ targets: [host] }] },
];

/** Prometheus and Alertmanager as prod has them; only addresses and the receivers' protocols are the bench's. */
export async function ours(products: Ground, settings: Settings, targets: Targets, sink: Sink): Promise<System> {
  const platform = describePlatform(settings);
  const config: unknown = parse(mountedFile(platform, "alertmanager", "/etc/alertmanager/alertmanager.yml"));
  const receivers = list(at(config, "receivers")).map((receiver) => ({
    name: at(receiver, "name"),
    webhook_configs: [{ url: `${sink.url}/ours` }],
  }));
  const alertmanager = await startAlertmanager(
    products,
    { route: at(config, "route"), inhibit_rules: at(config, "inhibit_rules"), receivers },
    { name: "alertmanager-ours" },
  );
  const prometheus = await startPrometheus(products, {
    name: "prometheus-ours",
    config: (folder) => {
      writeFileSync(join(folder, "alert.rules"), mountedFile(platform, "prometheus", "/etc/prometheus/alert.rules"));
      return {
        global: at(parse(mountedFile(platform, "prometheus", "/etc/prometheus/prometheus.yml")), "global"),
        rule_files: [join(folder, "alert.rules")],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager.address] }] }] },
        scrape_configs: jobs(targets),
      };
    },
  });
  return { name: "ours", alert: "BackendDown", prometheus };
}

export async function theirs(products: Ground, targets: Targets, sink: Sink): Promise<System> {
  const receivers = [{ name: "default", webhook_configs: [{ url: `${sink.url}/rival` }] }];
  const alertmanager = await startAlertmanager(
    products,
    { route: rival.route, receivers },
    { name: "alertmanager-rival" },
  );
  const prometheus = await startPrometheus(products, {
    name: "prometheus-rival",
    config: (folder) => {
      writeFileSync(join(folder, "alert.rules"), stringify(rival.rules));
      return {
        global: {
          scrape_interval: `${rival.scrapeSeconds}s`,
          scrape_timeout: `${rival.timeoutSeconds}s`,
          evaluation_interval: `${rival.scrapeSeconds}s`,
        },
        rule_files: [join(folder, "alert.rules")],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager.address] }] }] },
        scrape_configs: jobs(targets),
      };
    },
  });
  return { name: "rival", alert: "TargetDown", prometheus };
}

/** That system's messages of its alert since a time. */
export const messagesOf = ({ name, alert }: System, { received }: Sink, since: number): readonly Received[] =>
  received.filter(
    ({ path, body, at: when }) =>
      when > since &&
      path === `/${name}` &&
      list(at(body, "alerts")).some((each) => text(at(each, "labels", "alertname")) === alert),
  );

/** Seconds from a time until the sink had that system's message of the alert. */
export const delayOf = (system: System, sink: Sink, since: number): Promise<number> =>
  until(
    `${system.name} tells ${system.alert}`,
    async () => {
      const [message] = messagesOf(system, sink, since);
      return message === undefined ? undefined : (message.at - since) / 1000;
    },
    { timeoutSeconds: 1200 },
  );

/** Waits until it scrapes both. */
export const scrapes = ({ name, prometheus }: System): Promise<true> =>
  until(`${name} scrapes`, async () => {
    const answer: unknown = await (await fetch(`${prometheus.url}/api/v1/query?query=sum(up)`)).json();
    return at(answer, "data", "result", 0, "value", 1) === "2" ? true : undefined;
  });

const metricsOf = async ({ prometheus }: System): Promise<string> => (await fetch(`${prometheus.url}/metrics`)).text();

/** Memory that its Prometheus holds, in MiB. */
export const memoryOf = async (system: System): Promise<number> =>
  Number(/^process_resident_memory_bytes (\S+)$/m.exec(await metricsOf(system))?.[1]) / 1024 ** 2;

/** Samples that its Prometheus has taken in. */
export async function samplesOf(system: System): Promise<number> {
  const counters = (await metricsOf(system)).matchAll(/^prometheus_tsdb_head_samples_appended_total\{.*?\} (\S+)$/gm);
  return [...counters].reduce((sum, [, count]) => sum + Number(count), 0);
}
