import { join } from "node:path";
import type { Benchmark } from "../cli/bench/benchmarks.ts";
import { root } from "../cli/root.ts";
import type { Settings } from "../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../components/specification.ts";
import { readStackFile } from "../stacks/files.ts";
import { readSettings } from "../stacks/read.ts";
import { type Asked, askedBy, dashboardsOf } from "../tests/config/dashboards/written.ts";
import { startLoki } from "../tests/support/products/loki.ts";
import { type Ground, ground } from "../tests/support/products/product.ts";
import { startPrometheus } from "../tests/support/products/prometheus.ts";
import { median } from "./bench.ts";
import { day, dayOf, sendDay, writeDay } from "./day.ts";

/** Pixels of a panel as wide as the page: so many moments Grafana asks for. */
const moments = 1_000;
const limitMs = 200;
const rounds = 20;

/** Seconds that a person looks at: what the overview opens with, and all that there is. */
const ranges = { "3 h": 10_800, "a day": day } as const;

const inMs = (value: number): string => value.toFixed(0);

/** Seconds between two moments, and over which rates are taken, as Grafana reckons them. */
function pace(range: number, scrape: number) {
  const step = Math.max(scrape, Math.ceil(range / moments));
  return { step, rate: Math.max(step + scrape, 4 * scrape) };
}

interface Sources {
  /** By the id of Grafana's data source. */
  readonly urls: Readonly<Record<string, string>>;
  /** The last moment that they know. */
  readonly end: number;
}

/** Milliseconds until the whole answer was there. */
async function ask({ urls, end }: Sources, { source, expression }: Asked, range: number, step: number) {
  const path = source === "loki" ? "/loki/api/v1/query_range" : "/api/v1/query_range";
  const words = { query: expression, start: String(end - range), end: String(end), step: `${step}s` };
  const began = performance.now();
  const answer = await fetch(`${urls[source]}${path}?${new URLSearchParams(words)}`);
  const body = await answer.text();
  const took = performance.now() - began;
  if (!answer.ok) throw new Error(`${expression}: ${body}`);
  return { took, isEmpty: body.includes('"result":[]') };
}

async function measureRange(settings: Settings, sources: Sources, [name, range]: readonly [string, number]) {
  const { step, rate } = pace(range, settings.metrics.scrapeInterval.seconds);
  const [overview] = dashboardsOf(describePlatform(settings)).filter(({ file }) => file === "overview.json");
  if (overview === undefined) throw new Error("there is no overview");
  const all = askedBy(overview, { __rate_interval: `${rate}s`, __auto: `${step}s` });
  const rows: string[][] = [];
  const times: number[] = [];
  for (const asked of all) {
    const first = await ask(sources, asked, range, step);
    if (first.isEmpty) throw new Error(`${asked.who} shows nothing: ${asked.expression}`);
    const own = [first.took];
    for (let round = 1; round < rounds; round++) own.push((await ask(sources, asked, range, step)).took);
    rows.push([
      `${asked.who.replace("overview.json: ", "")}, ${name}`,
      ...[first.took, median(own), Math.max(...own)].map(inMs),
    ]);
    times.push(...own);
  }
  return { rows, times };
}

async function measure(products: Ground) {
  const settings = readSettings(readStackFile(root, "dev"));
  const platform = describePlatform(settings);
  // The end of a block, so that all of the day is in blocks.
  const end = Math.floor(Date.now() / 1000 / 7_200) * 7_200;
  const step = settings.metrics.scrapeInterval.seconds;
  const series = dayOf(settings);
  const samples = await writeDay(join(products.folder, "prometheus", "data"), series, end - day, step);
  const prometheus = await startPrometheus(products, { config: () => ({ global: { scrape_interval: `${step}s` } }) });
  const loki = await startLoki(products, { settings });
  const services = membersOf(platform)
    .filter(isWorkload)
    .map(({ name }) => name);
  const lines = await sendDay(loki.url, settings.stack, services, end - day);
  const sources = { urls: { prometheus: prometheus.url, loki: loki.url }, end: end - step };
  const measured = [];
  for (const range of Object.entries(ranges)) measured.push(await measureRange(settings, sources, range));
  const times = measured.flatMap((each) => each.times);
  const quick = times.filter((time) => time < limitMs).length;
  return [
    [`${series.length} series, ${samples} samples, ${lines} lines`, "first, ms", "median", "longest"],
    ...measured.flatMap(({ rows }) => rows),
    [`${times.length} queries, under ${limitMs} ms`, `${((100 * quick) / times.length).toFixed(1)} %`, "", ""],
  ];
}

const benchmark: Benchmark = {
  name: "dashboards",
  what: `every query of the overview over a day of dev's metrics and lines, in a real Prometheus and Loki (95 % under ${limitMs} ms)`,
  run: async () => {
    const products = ground("bench-dashboards");
    try {
      return await measure(products);
    } finally {
      await products.clear();
    }
  },
};

export default benchmark;
