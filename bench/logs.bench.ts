import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Benchmark } from "../cli/bench/benchmarks.ts";
import { queryOf } from "../cli/logs/request.ts";
import { freePort } from "../cli/open/free-port.ts";
import { linesOf } from "../tests/e2e/logging/stored.ts";
import { startLoki, startPromtail } from "../tests/support/products/loki.ts";
import { type Ground, ground, type Product } from "../tests/support/products/product.ts";
import { settingsOf } from "../tests/support/stacks.ts";
import { inSeconds, ratio } from "./bench.ts";

const isFull = process.env.TEST_SIZE === "issue";
const count = isFull ? 1_000_000 : 100_000;
const services = ["gateway", "backend", "worker"] as const;

const idOf = (index: number): string => `req-${index.toString(36).padStart(8, "0")}`;

/** Lines as the backend writes them, in files as a container runtime writes them (CRI); answers the files by service. */
function writeFiles(folder: string): Readonly<Record<string, string>> {
  mkdirSync(folder);
  const files = Object.fromEntries(services.map((service) => [service, join(folder, `${service}.log`)]));
  const each = Math.ceil(count / services.length);
  for (const [service, file] of Object.entries(files)) {
    for (let from = 0; from < each; from += 10_000) {
      const upTo = Math.min(each, from + 10_000);
      appendFileSync(file, Array.from({ length: upTo - from }, (_, index) => lineOf(service, from + index)).join(""));
    }
  }
  return files;
}

/** A line of its own time each, so that none counts for another's repetition. */
function lineOf(service: string, index: number): string {
  const time = `${new Date(Date.now() - 60_000).toISOString().slice(0, 20)}${String(index).padStart(9, "0")}Z`;
  const line = {
    level: "INFO",
    message: "request",
    route: "/api/v1/orders/:id",
    method: "GET",
    status: 200,
    duration: (index % 977) / 1000,
    service,
    correlation_id: idOf(index),
  };
  return `${time} stdout F ${JSON.stringify(line)}\n`;
}

/** Sum of a metric over its series, as the product itself says it. */
async function metricOf({ url }: Product, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))].map(([, value]) => value);
  return values.reduce((sum, value) => sum + Number(value), 0);
}

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const began = performance.now();
  return [await work(), (performance.now() - began) / 1000];
}

/** Until all lines are acknowledged; what never comes ends it. */
async function taken(promtail: Product, wanted: number): Promise<void> {
  for (let wait = 0; (await metricOf(promtail, "promtail_sent_entries_total")) < wanted; wait++) {
    if (wait > 12_000) throw new Error("twenty minutes, and not all lines are there");
    await sleep(100);
  }
}

/** Until a number no longer changes within two seconds. */
async function steady(ask: () => number): Promise<void> {
  for (let before = -1; before !== ask(); await sleep(2000)) before = ask();
}

async function measure(products: Ground) {
  // There the collector reads files; what they go through is the same everywhere.
  const settings = settingsOf("prod", "kubernetes");
  const files = writeFiles(join(products.folder, "pods"));
  const written = Math.ceil(count / services.length) * services.length;
  const raw = bytesIn(join(products.folder, "pods"));
  const port = await freePort();
  const start = () => startLoki(products, { settings, port });
  let loki = await start();
  const [promtail, flowing] = await timed(async () => {
    const started = await startPromtail(products, { settings, lokiUrl: loki.url, files });
    await taken(started, written);
    return started;
  });
  const cpu = await Promise.all([promtail, loki].map((each) => metricOf(each, "process_cpu_seconds_total")));
  await fetch(`${loki.url}/flush`, { method: "POST" });
  await steady(() => bytesIn(join(products.folder, "loki", "chunks")));
  const id = idOf(Math.floor(written / services.length / 2));
  /** Seconds of the first time and of the second: at first nothing of it is in Loki's memory. */
  const asked = async (query: string) => {
    await loki.stop();
    loki = await start();
    const [found, cold] = await timed(() => linesOf(loki.url, query));
    const [, warm] = await timed(() => linesOf(loki.url, query));
    if (found.length !== services.length) throw new Error(`${query}: ${found.length} lines`);
    return { cold, warm };
  };
  const byText = await asked(queryOf("prod", { correlationId: id }));
  const byField = await asked(`{stack="prod"} | correlation_id="${id}"`);
  const [grep, grepTime] = await timed(async () => spawnSync("grep", ["-hF", id, ...Object.values(files)]));
  const byGrep = grep.stdout.toString().trim().split("\n").length;
  if (byGrep !== services.length) throw new Error(`${id}: ${byGrep} lines by grep`);
  const stored = bytesIn(join(products.folder, "loki", "chunks"));
  const cpuRow = (who: string, value = 0) => [`CPU seconds of ${who}`, inSeconds(value), "", ratio(value, flowing)];
  return [
    [`${written} lines`, "ours", "compared with", "ratio"],
    ["lines a second", (written / flowing).toFixed(0), "", ""],
    cpuRow("Promtail", cpu[0]),
    cpuRow("Loki", cpu[1]),
    ["MiB stored, raw", (stored / 2 ** 20).toFixed(1), (raw / 2 ** 20).toFixed(1), ratio(stored, raw)],
    ...Object.entries({
      "seconds for one request's lines as ./platform logs asks, cold; grep": byText.cold,
      "the same asked again; grep": byText.warm,
      "seconds by the field correlation_id, cold; grep": byField.cold,
      "the same asked again, by the field; grep": byField.warm,
    }).map(([what, seconds]) => [what, inSeconds(seconds), inSeconds(grepTime), ratio(seconds, grepTime)]),
  ];
}

const benchmark: Benchmark = {
  name: "logs",
  what: "Promtail and Loki with prod's settings: lines a second, CPU, bytes stored; one request's lines against grep over the same (TEST_SIZE=issue: a million lines, ≤ 5 s cold)",
  run: async () => {
    const products = ground("bench-logs");
    try {
      return await measure(products);
    } finally {
      await products.clear();
    }
  },
};

export default benchmark;
