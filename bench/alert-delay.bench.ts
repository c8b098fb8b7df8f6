import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { root } from "../cli/root.ts";
import { nodeExporter } from "../cli/setup/monitoring.ts";
import { ensureTool } from "../cli/setup/tool.ts";
import { worstDelay } from "../components/alerts/delay.ts";
import type { Settings } from "../components/settings.ts";
import { describePlatform, mountedFile } from "../components/specification.ts";
import { readStackFile } from "../stacks/files.ts";
import { readSettings } from "../stacks/read.ts";
import { at, list, text } from "../tests/support/json.ts";
import { freePort, until } from "../tests/support/process.ts";
import { type Ground, ground, type Product } from "../tests/support/products/product.ts";
import { startAlertmanager, startPrometheus } from "../tests/support/products/prometheus.ts";
import { type Sink, startSink } from "../tests/support/products/sink.ts";
import { type Benchmark, ratio } from "./bench.ts";
import { rival } from "./kube-prometheus.ts";

/** A monitoring system of the comparison: what tells of a backend that is gone, and what it costs. */
interface System {
  readonly name: "ours" | "rival";
  readonly alert: string;
  readonly prometheus: Product;
}

interface Targets {
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
async function ours(products: Ground, settings: Settings, targets: Targets, sink: Sink): Promise<System> {
  const platform = describePlatform(settings);
  const config: unknown = parse(mountedFile(platform, "alertmanager", "/etc/alertmanager/alertmanager.yml"));
  const receivers = list(at(config, "receivers")).map((receiver) => ({
    name: at(receiver, "name"),
    webhook_configs: [{ url: `${sink.url}/ours` }],
  }));
  const alertmanager = await startAlertmanager(
    products,
    { route: at(config, "route"), inhibit_rules: at(config, "inhibit_rules"), receivers },
    "alertmanager-ours",
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

async function theirs(products: Ground, targets: Targets, sink: Sink): Promise<System> {
  const receivers = [{ name: "default", webhook_configs: [{ url: `${sink.url}/rival` }] }];
  const alertmanager = await startAlertmanager(products, { route: rival.route, receivers }, "alertmanager-rival");
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

/** A backend that only can be scraped. */
async function startBackend(): Promise<{ readonly server: Server; readonly address: string }> {
  const port = await freePort();
  const server = createServer((_, response) => {
    // Without its type Prometheus 3 takes no answer.
    response.setHeader("Content-Type", "text/plain; version=0.0.4");
    response.end("app_trading_healthy 1\n");
  }).listen(port, "127.0.0.1");
  return { server, address: `127.0.0.1:${port}` };
}

async function numberOf({ prometheus }: System, query: string): Promise<number> {
  const answer: unknown = await (
    await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`)
  ).json();
  return Number(at(answer, "data", "result", 0, "value", 1));
}

/** Seconds from a time until the sink had that system's message of the alert. */
const delayOf = ({ name, alert }: System, sink: Sink, since: number): Promise<number> =>
  until(
    `${name} tells ${alert}`,
    async () => {
      const message = sink.received.find(
        ({ path, body, at: when }) =>
          when > since &&
          path === `/${name}` &&
          list(at(body, "alerts")).some((each) => text(at(each, "labels", "alertname")) === alert),
      );
      return message === undefined ? undefined : (message.at - since) / 1000;
    },
    { timeoutSeconds: 1200 },
  );

/** Memory that the process holds, in MiB. */
const memoryOf = async (prometheus: Product): Promise<number> => {
  const metrics = await (await fetch(`${prometheus.url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]) / 1024 ** 2;
};

/** Samples that it has taken in, from its own counter. */
const samplesOf = async (prometheus: Product): Promise<number> => {
  const metrics = await (await fetch(`${prometheus.url}/metrics`)).text();
  const all = metrics.matchAll(/^prometheus_tsdb_head_samples_appended_total\{.*?\} (\S+)$/gm);
  return [...all].reduce((sum, [, count]) => sum + Number(count), 0);
};

const benchmark: Benchmark = {
  name: "alert-delay",
  what: "a backend that is gone: until the page, prod's settings against kube-prometheus' defaults in the same run (≥ 5× faster), and what that costs; takes twelve minutes",
  run: async () => {
    const products = ground("alert-delay");
    const sink = await startSink();
    const backend = await startBackend();
    try {
      const settings = readSettings(readStackFile(root, "prod"));
      const host = await products.start({
        name: "node_exporter",
        program: await ensureTool(nodeExporter),
        words: (_, port) => [`--web.listen-address=127.0.0.1:${port}`],
        readyPath: "/metrics",
      });
      const targets = { backend: backend.address, host: host.address };
      const systems = [await ours(products, settings, targets, sink), await theirs(products, targets, sink)] as const;
      for (const system of systems) {
        await until(`${system.name} scrapes`, async () =>
          (await numberOf(system, 'up{job="backend"}')) === 1 &&
          (await numberOf(system, 'up{job="node-exporter"}')) === 1
            ? true
            : undefined,
        );
      }
      const before = await Promise.all(systems.map(({ prometheus }) => samplesOf(prometheus)));
      const began = performance.now();
      backend.server.closeAllConnections();
      backend.server.close();
      const [mine, other] = await Promise.all(systems.map((system) => delayOf(system, sink, began)));
      await sleep(1000);
      const elapsed = (performance.now() - began) / 1000;
      const after = await Promise.all(systems.map(({ prometheus }) => samplesOf(prometheus)));
      const rates = systems.map((_, index) => ((after[index] ?? 0) - (before[index] ?? 0)) / elapsed);
      const memory = await Promise.all(systems.map(({ prometheus }) => memoryOf(prometheus)));
      const down = describePlatform(settings).alerts.find(({ name }) => name === "BackendDown");
      const promise = down === undefined ? 0 : worstDelay(down, settings).seconds;
      const row = (what: string, [a = 0, b = 0]: readonly (number | undefined)[], ratioOf: string) => [
        what,
        a.toFixed(1),
        b.toFixed(1),
        ratioOf,
      ];
      return [
        ["measured", "prod", "kube-prometheus' defaults", "ratio"],
        row(`seconds to the page (promised ${promise})`, [mine, other], ratio(other ?? 0, mine ?? 1)),
        row("samples a second", rates, ratio(rates[0] ?? 0, rates[1] ?? 1)),
        row("MiB of Prometheus", memory, ratio(memory[0] ?? 0, memory[1] ?? 1)),
      ];
    } finally {
      backend.server.close();
      await products.clear();
      await sink.close();
    }
  },
};

export default benchmark;
