import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Benchmark } from "../cli/bench/benchmarks.ts";
import { freePort } from "../cli/open/free-port.ts";
import { root } from "../cli/root.ts";
import { nodeExporter } from "../cli/setup/monitoring.ts";
import { ensureTool } from "../cli/setup/tool.ts";
import { worstDelay } from "../components/alerts/delay.ts";
import type { Settings } from "../components/settings.ts";
import { describePlatform } from "../components/specification.ts";
import { readStackFile } from "../stacks/files.ts";
import { readSettings } from "../stacks/read.ts";
import { ground } from "../tests/support/products/product.ts";
import { type Sink, startSink } from "../tests/support/products/sink.ts";
import { ratio } from "./bench.ts";
import { delayOf, memoryOf, messagesOf, ours, type System, samplesOf, scrapes, theirs } from "./monitoring-systems.ts";

/** A backend that only can be scraped, and can be gone. */
interface Backend {
  readonly address: string;
  start(): Promise<void>;
  stop(): void;
}

async function makeBackend(): Promise<Backend> {
  const port = await freePort();
  const server = createServer((_, response) => {
    // Without its type Prometheus 3 takes no answer.
    response.setHeader("Content-Type", "text/plain; version=0.0.4");
    response.end("app_trading_healthy 1\n");
  });
  return {
    address: `127.0.0.1:${port}`,
    start: async () => {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Pair<T> = readonly [T, T];
const both = async <T>([a, b]: Pair<System>, ask: (system: System) => Promise<T>): Promise<Pair<T>> =>
  Promise.all([ask(a), ask(b)]);

/** Messages of a backend that was away for ten seconds. */
async function blip(systems: Pair<System>, backend: Backend, sink: Sink): Promise<Pair<number>> {
  const began = performance.now();
  backend.stop();
  await sleep(10_000);
  await backend.start();
  // Longer than what it takes to tell a fault.
  await sleep(60_000);
  return both(systems, async (system) => messagesOf(system, sink, began).length);
}

const promised = (settings: Settings): number => {
  const alert = describePlatform(settings).alerts.find(({ name }) => name === "BackendDown");
  if (alert === undefined) throw new Error("there is no BackendDown");
  return worstDelay(alert, settings).seconds;
};

async function measure(settings: Settings, systems: Pair<System>, backend: Backend, sink: Sink) {
  await both(systems, scrapes);
  const told = await blip(systems, backend, sink);
  const before = await both(systems, samplesOf);
  const began = performance.now();
  backend.stop();
  const delays = await both(systems, (system) => delayOf(system, sink, began));
  const elapsed = (performance.now() - began) / 1000;
  const after = await both(systems, samplesOf);
  const memory = await both(systems, memoryOf);
  const row = (what: string, [a, b]: Pair<number>, compared = ratio(a, b)) => [
    what,
    a.toFixed(1),
    b.toFixed(1),
    compared,
  ];
  return [
    ["measured", "prod", "kube-prometheus' defaults", "ratio"],
    row(`seconds to the page (promised ${promised(settings)})`, delays, ratio(delays[1], delays[0])),
    row("messages of a blip of 10 s", told, ""),
    row("samples a second", [(after[0] - before[0]) / elapsed, (after[1] - before[1]) / elapsed]),
    row("MiB of Prometheus", memory),
  ];
}

const benchmark: Benchmark = {
  name: "alert-delay",
  what: "a backend that is gone: until the page, prod's settings against kube-prometheus' defaults in the same run (≥ 5× faster), and what that costs; takes thirteen minutes",
  run: async () => {
    const products = ground("alert-delay");
    const sink = await startSink();
    const backend = await makeBackend();
    await backend.start();
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
      return await measure(settings, systems, backend, sink);
    } finally {
      backend.stop();
      await products.clear();
      await sink.close();
    }
  },
};

export default benchmark;
