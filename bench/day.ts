import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { parse } from "yaml";
import { ensurePromtool } from "../cli/setup/monitoring.ts";
import { recordings } from "../components/alerts/recordings.ts";
import type { Settings } from "../components/settings.ts";
import { describePlatform, isWorkload, membersOf, mountedFile } from "../components/specification.ts";
import { at, list, text } from "../tests/support/json.ts";

/** A series over the day; a value for each moment, undefined while it is not there. */
interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: (second: number) => number | undefined;
}

export const day = 86_400;
/** As long as a block of Prometheus' own is at first. */
const block = 7_200;

const counting = (perSecond: number) => (second: number) => Math.floor(perSecond * second);
const always = (value: number) => () => value;

const routes = ["orders", "orders/:id", "orders/:id/cancel", "backtests", "backtests/:id", "positions", "accounts"];
const moreRoutes = ["auth/login", "auth/logout", "admin/users", "admin/log-level", "health", "health/detailed"];
const statuses = ["200", "201", "400", "401", "404", "409", "500", "503"];
/** A stack is deployed so often, and each time its containers are others. */
const deploys = 12;

/** Everything that the overview asks of the platform's Prometheus, with as many series as the platform has. */
export function dayOf(settings: Settings): readonly Series[] {
  const platform = describePlatform(settings);
  const { requests, tradingHealthy } = settings.backend.metricNames;
  const scraped: unknown = parse(mountedFile(platform, "prometheus", "/etc/prometheus/prometheus.yml"));
  const jobs = list(at(scraped, "scrape_configs")).map((config) => {
    const job = text(at(config, "job_name")) ?? "";
    return { job, instance: `${job}:80` };
  });
  const backend = { job: "backend", instance: "backend:8000" };
  const members = membersOf(platform).filter(isWorkload);
  return [
    { name: "probe_success", labels: { job: "site", instance: "http://localhost" }, value: always(1) },
    ...jobs.map((labels) => ({ name: "up", labels, value: always(1) })),
    ...jobs.map((labels) => ({ name: "process_start_time_seconds", labels, value: always(1_700_000_000) })),
    ...[...routes, ...moreRoutes].flatMap((route) =>
      statuses.map((status, index) => ({
        name: requests,
        labels: { ...backend, method: "GET", route: `/api/v1/${route}`, status },
        value: counting(5 / (index + 1)),
      })),
    ),
    { name: tradingHealthy, labels: backend, value: always(1) },
    ...recordings(settings).map(({ name, example: { labels, value } }) => ({ name, labels, value: always(value) })),
    // Each alert has its hour of the day, and fires for a while.
    ...platform.alerts.map(({ name, severity, service }, index) => ({
      name: "ALERTS",
      labels: { alertname: name, alertstate: "firing", severity, service, environment: settings.environment },
      value: (second: number) =>
        Math.floor((second / day) * platform.alerts.length) === index && second % 3600 < 600 ? 1 : undefined,
    })),
    ...members.flatMap(({ name }) =>
      Array.from({ length: deploys }, (_, release) => ({
        name: "container_last_seen",
        labels: {
          job: "cadvisor",
          instance: "cadvisor:8080",
          container_label_component: name,
          image: `${name}:1.${release}.0`,
          name: `trading-platform-${name}-${release}`,
          id: `/docker/${name}${release}`,
        },
        value: (second: number) => (Math.floor((second / day) * deploys) === release ? 1_700_000_000 : undefined),
      })),
    ),
  ];
}

/** Writes it as blocks of a Prometheus' store, a sample each `step` seconds from `start` on; answers how many samples. */
export async function writeDay(store: string, all: readonly Series[], start: number, step: number): Promise<number> {
  const promtool = await ensurePromtool();
  mkdirSync(store, { recursive: true });
  const file = `${store}.openmetrics`;
  let samples = 0;
  for (let from = 0; from < day; from += block) {
    const output = createWriteStream(file);
    for (const series of all) {
      const lines = linesOf(series, start, from, step);
      samples += lines.length;
      if (!output.write(lines.join(""))) await once(output, "drain");
    }
    output.end("# EOF\n");
    await once(output, "finish");
    const { status, stderr } = spawnSync(promtool, ["tsdb", "create-blocks-from", "openmetrics", file, store]);
    if (status !== 0) throw new Error(`promtool makes no block: ${String(stderr)}`);
  }
  rmSync(file);
  return samples;
}

function linesOf({ name, labels, value }: Series, start: number, from: number, step: number): readonly string[] {
  const said = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  const series = `${name}{${said.join()}}`;
  return Array.from({ length: block / step }, (_, index) => from + index * step).flatMap((second) => {
    const known = value(second);
    return known === undefined ? [] : [`${series} ${known} ${start + second}\n`];
  });
}

/** Sends a day of lines, of every service one in two seconds, of a hundred one an error; answers how many. */
export async function sendDay(lokiUrl: string, stack: string, services: readonly string[], start: number) {
  let lines = 0;
  for (let from = 0; from < day; from += 1_800) {
    const streams = services.flatMap((service) =>
      ["INFO", "ERROR"].map((level) => {
        const every = level === "ERROR" ? 200 : 2;
        const values = Array.from({ length: 1_800 / every }, (_, index) => [
          `${start + from + index * every}000000000`,
          JSON.stringify({ level, message: "request", route: "/api/v1/orders/:id", status: 200, index: from + index }),
        ]);
        return { stream: { stack, service, level }, values };
      }),
    );
    const answer = await fetch(`${lokiUrl}/loki/api/v1/push`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ streams }),
    });
    if (!answer.ok) throw new Error(`Loki takes no lines: ${answer.status} ${await answer.text()}`);
    lines += streams.reduce((sum, { values }) => sum + values.length, 0);
  }
  return lines;
}
