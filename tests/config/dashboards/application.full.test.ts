import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { addGauges, makeMetrics } from "../../../services/backend/observability/metrics.ts";
import { at, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { type Ground, ground } from "../../support/products/product.ts";
import { startPrometheus } from "../../support/products/prometheus.ts";
import { settingsOf } from "../../support/stacks.ts";
import { documented } from "../alerts/documented.ts";
import { askedBy, choiceOf, choicesOf, dashboardsOf } from "./written.ts";

/** What dev's real products do not say: the application's metrics, and those that Kubernetes has of its own. */
const dashboards = ["overview", "application", "business", "alerts", "containers"].map((uid) => `${uid}.json`);
const platform = describePlatform(settingsOf("prod", "kubernetes"));

let products: Ground;
let server: Server;
let url: string;
beforeAll(async () => {
  products = ground("dashboards");
  server = createServer(application()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const target = `127.0.0.1:${String(at(server.address(), "port"))}`;
  const job = (name: string) => ({
    job_name: name,
    metrics_path: `/${name}`,
    static_configs: [{ targets: [target], labels: { instance: name } }],
  });
  const prometheus = await startPrometheus(products, {
    config: (folder) => {
      writeFileSync(join(folder, "alert.rules"), quickRules());
      return {
        global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
        rule_files: ["alert.rules"],
        scrape_configs: ["backend", "worker", "frontend", "site", "alertmanager", "kube-state-metrics"].map(job),
      };
    },
  });
  url = prometheus.url;
  await until("the last recording is there", async () =>
    (await answer("backend:http_requests:error_percent_6h")).length > 0 ? true : undefined,
  );
  // The first time, Prometheus is built.
}, 900_000);
afterAll(async () => {
  await products?.clear();
  server?.close();
});

/** The stack's own rules; what must last a minute lasts a second. */
function quickRules(): string {
  const rules: unknown = parse(mountedFile(platform, "prometheus", "/etc/prometheus/alert.rules"));
  return JSON.stringify(rules).replaceAll(/"for":"\w+"/g, '"for":"1s"');
}

/** Answers scrapes as the backend's own process does, each with a little more in its counters. */
function application() {
  const backend = makeMetrics("backend", "1.0.0");
  addGauges(backend, {
    connections: () => ({ total: 2, idle: 1, waiting: 0 }),
    backtestsWaiting: async () => 3,
    oldestOrderSeconds: async () => 0,
  });
  const others: Readonly<Record<string, string>> = {
    "/site": "probe_success 1\n",
    "/alertmanager": 'alertmanager_notifications_total{integration="slack"} 1\n',
    "/kube-state-metrics": Object.entries(documented)
      .filter(([metric]) => metric.startsWith("kube_"))
      .map(([metric, labels]) => `${metric}{${labels.map((label) => `${label}="${sampleOf(label)}"`).join()}} 1\n`)
      .join(""),
  };
  return async (...[request, response]: Parameters<Parameters<typeof createServer>[1] & object>) => {
    for (const status of ["200", "500"]) {
      backend.requestDuration.observe({ method: "POST", route: "/api/v1/orders", status }, 0.2);
    }
    for (const state of ["executed", "failed"]) backend.orders.inc({ state });
    // Prometheus 3 takes nothing that does not say what it is.
    response.setHeader("Content-Type", "text/plain; version=0.0.4");
    response.end(others[request.url ?? ""] ?? (await backend.registry.metrics()));
  };
}

/** One that the alerts look for, so that they fire. */
const sampleOf = (label: string): string =>
  ({ reason: "CrashLoopBackOff", condition: "Progressing", status: "false" })[label] ?? label;

const answer = async (query: string): Promise<readonly unknown[]> => {
  const said: unknown = await (await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`)).json();
  if (at(said, "status") !== "success") throw new Error(`${query}: ${String(at(said, "error"))}`);
  return list(at(said, "data", "result"));
};

test("every panel of the application's metrics and of Kubernetes' shows something [requirement next/dashboards, next/business-panels]", async () => {
  const written = dashboardsOf(platform).filter(({ file }) => dashboards.includes(file));
  const queries = written
    .flatMap((each) => askedBy(each, { __rate_interval: "10s" }))
    .filter(({ source }) => source === "prometheus")
    // Only a fault that has begun and not lasted long enough shows there.
    .filter(({ who }) => !who.endsWith(": Perhaps soon"));
  expect(queries.length).toBeGreaterThan(40);
  await until("every panel shows something", async () => {
    const empty: string[] = [];
    for (const { who, expression } of queries) {
      if ((await answer(expression)).length === 0) empty.push(`${who}: ${expression}`);
    }
    if (empty.length > 0) throw new Error(empty.join("\n"));
    return true;
  });
  console.log(`${queries.length} queries of panels answered by the real Prometheus`);
});

test("every choice has values", async () => {
  const choices = dashboardsOf(platform)
    .filter(({ file }) => dashboards.includes(file))
    .flatMap(choicesOf)
    .map(choiceOf);
  expect(choices.length).toBeGreaterThan(0);
  for (const { label, of } of choices) {
    const query = new URLSearchParams({ "match[]": of });
    const said: unknown = await (await fetch(`${url}/api/v1/label/${label}/values?${query}`)).json();
    expect(list(at(said, "data")), `${label} of ${of}`).not.toEqual([]);
  }
});
