import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { developerHome } from "../../../cli/engine/developer/home.ts";
import { alertNames } from "../../../components/alerts/names.ts";
import { recordings } from "../../../components/alerts/recordings.ts";
import { describePlatform } from "../../../components/specification.ts";
import { metrics } from "../../../services/backup/metrics.ts";
import { documented } from "../../config/alerts/documented.ts";
import { places, withEverything } from "../../config/alerts/places.ts";
import { blocks } from "../../config/alerts/runbooks.ts";
import { type Selector, selectorsOf } from "../../config/alerts/selectors.ts";
import { askedBy, dashboardsOf } from "../../config/dashboards/written.ts";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { type Exposed, exposed } from "../../support/exposition.ts";
import { at, entries, list, text } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { settingsOf } from "../../support/stacks.ts";
import { type DevStack, firstUp, makeDevStack } from "./dev-stack.ts";
import { gossiping, probedOverTls } from "./elsewhere.ts";

const daemon = await dockerDaemon();

/** Jobs of what does not run here: the application's images, Grafana's, and what only other targets have. */
const notHere = ["backend", "worker", "frontend", "grafana", "kube-state-metrics"];

/** Panels and marks that show something only while something is wrong, or after it has changed. */
const onlyAtTimes = ["Alerts", "Firing now", "Fired", "Perhaps soon", "Deploys"];

/** Made by rules, whose own expressions are among those that are checked. */
const recorded = new Set([
  "ALERTS",
  ...places.flatMap(({ stack, target }) => recordings(settingsOf(stack, target)).map(({ name }) => name)),
]);

/** Every expression of the platform, by who asks it. */
const expressions = [
  ...places.flatMap(({ stack, target }) =>
    describePlatform(withEverything(settingsOf(stack, target)))
      .alerts.filter(({ source }) => source !== "logs")
      .map(({ name, expression }) => [`${name} in ${stack} on ${target}`, expression] as const),
  ),
  ...places.flatMap(({ stack, target }) =>
    recordings(settingsOf(stack, target)).map(({ name, expression }) => [name, expression] as const),
  ),
  ...places.flatMap(({ stack, target }) =>
    dashboardsOf(describePlatform(withEverything(settingsOf(stack, target)))).flatMap((dashboard) =>
      askedBy(dashboard)
        .filter(({ source }) => source === "prometheus")
        .map(({ who, expression }) => [`${who} in ${stack} on ${target}`, expression] as const),
    ),
  ),
  ...alertNames.flatMap((name) => blocks(name, "promql").map((query) => [`runbook ${name}`, query] as const)),
];

describe.skipIf(daemon === undefined)(
  "what dev's real Prometheus scrapes of the real products",
  { timeout: 300_000 },
  () => {
    let dev: DevStack;
    let prometheusUrl: string;
    let elsewhere: Exposed;
    let named: pg.Client | undefined;

    beforeAll(async () => {
      if (daemon === undefined) return;
      dev = await makeDevStack(daemon, "127.0.77.3");
      // To itself, which refuses: the counters are there.
      const remoteWrite = { url: "http://127.0.0.1:9090/api/v1/write", authentication: "none" };
      await dev.settings({ "trading-platform:metrics": { remoteWrite } });
      const { printed, refusal } = await dev.run("up");
      expect(refusal, printed).toBeUndefined();
      prometheusUrl = `http://${dev.address}:9090`;
      await sendAnOldLine(`http://${dev.address}:3100`);
      elsewhere = { ...(await probedOverTls()), ...(await gossiping()), ...exposed(metrics([], 0, 1)) };
      named = await connectionWithName(dev.address);
      await until("every job is scraped", async () => {
        const jobs = await namesOf("scrape_samples_scraped > 0", "job");
        const wanted = list(at(await get("/api/v1/scrape_pools"), "scrapePools")).map(String);
        return wanted.every((job) => notHere.includes(job) || jobs.includes(job)) ? true : undefined;
      });
      for (const sign of ["loki_discarded_samples_total", 'pg_stat_activity_count{application_name="test"}']) {
        await until(`${sign} is scraped`, async () => ((await namesOf(sign, "job")).length > 0 ? true : undefined));
      }
    }, firstUp);
    afterAll(async () => {
      await named?.end().catch(() => {});
      await dev?.remove();
      await daemon?.release();
    }, 180_000);

    const get = async (path: string): Promise<unknown> =>
      at(await (await fetch(`${prometheusUrl}${path}`)).json(), "data");
    const namesOf = async (query: string, label: string): Promise<readonly string[]> =>
      list(at(await get(`/api/v1/query?${new URLSearchParams({ query })}`), "result")).map((series) =>
        String(at(series, "metric", label)),
      );

    const sumOf = async (query: string): Promise<number> =>
      Number(
        at(await get(`/api/v1/query?${new URLSearchParams({ query: `sum(${query})` })}`), "result", 0, "value", 1),
      );

    /** What is wrong with it; empty for a metric that is there with these labels and values. */
    async function wrong({ metric, equalities, labels }: Selector): Promise<readonly string[]> {
      if (recorded.has(metric)) return [];
      const lacking = (there: readonly string[]) =>
        labels.filter((label) => !there.includes(label)).map((label) => `${metric} has no label ${label}`);
      const ofPrometheus = ["job", "instance"];
      const told = documented[metric];
      if (told !== undefined) return lacking([...told, ...ofPrometheus]);
      if (notHere.some((job) => equalities.includes(`job="${job}"`))) return [];
      const matching = list(
        await get(`/api/v1/series?${new URLSearchParams({ "match[]": `${metric}{${equalities}}` })}`),
      );
      if (matching.length > 0) return lacking(matching.flatMap((series) => entries(series).map(([name]) => name)));
      const there = elsewhere[metric];
      return there === undefined ? [`${metric}{${equalities}} is not scraped`] : lacking([...there, ...ofPrometheus]);
    }

    /** Whether all that it asks for is scraped here; what is recorded may be of the application. */
    async function runsHere(expression: string): Promise<boolean> {
      for (const { metric, equalities } of await selectorsOf(prometheusUrl, expression)) {
        const isElsewhere =
          documented[metric] !== undefined || notHere.some((job) => equalities.includes(`job="${job}"`));
        if (isElsewhere || /^(?:backend|trading):/.test(metric)) return false;
      }
      return true;
    }

    test("every metric and label that a rule, a panel or a runbook asks for is there", async () => {
      const problems: string[] = [];
      const checked = new Set<string>();
      for (const [who, expression] of expressions) {
        for (const selector of await selectorsOf(prometheusUrl, expression)) {
          checked.add(selector.metric);
          problems.push(...(await wrong(selector)).map((what) => `${who}: ${what}`));
        }
      }
      const scraped = [...checked].filter((metric) => documented[metric] === undefined);
      console.log(`${checked.size} metrics checked, ${scraped.length} of them by a real scrape`);
      const containers = await namesOf('count by (__name__) ({__name__=~"container_.*"})', "__name__");
      expect(problems, `of cAdvisor: ${containers.join(", ")}`).toEqual([]);
    });

    test("every panel of what runs here shows something", async () => {
      const panels = dashboardsOf(describePlatform(settingsOf("dev")))
        .flatMap((dashboard) => askedBy(dashboard))
        .filter(
          ({ source, who }) => source === "prometheus" && !onlyAtTimes.some((title) => who.endsWith(`: ${title}`)),
        );
      const asked: string[] = [];
      for (const { expression } of panels) if (await runsHere(expression)) asked.push(expression);
      expect(asked.length).toBeGreaterThan(40);
      await until("every panel shows something", async () => {
        const empty: string[] = [];
        for (const { who, expression } of panels.filter((each) => asked.includes(each.expression))) {
          const query = new URLSearchParams({ query: expression });
          if (list(at(await get(`/api/v1/query?${query}`), "result")).length === 0) empty.push(`${who}: ${expression}`);
        }
        if (empty.length > 0) throw new Error(empty.join("\n"));
        return true;
      });
      console.log(`${asked.length} of ${panels.length} queries of panels answered`);
    });

    test("every rule of Prometheus and of Loki's ruler is loaded and evaluated, and none fails", async () => {
      const rules = async (metric: string) => await sumOf(`${metric}_rule_group_rules`);
      const { alerts } = describePlatform(settingsOf("dev"));
      const logs = alerts.filter(({ source }) => source === "logs").length;
      expect(await rules("loki_prometheus")).toBe(logs);
      expect(await rules("prometheus")).toBeGreaterThan(alerts.length - logs);
      for (const prefix of ["prometheus", "loki_prometheus"]) {
        await until(`${prefix} evaluates`, async () =>
          (await sumOf(`${prefix}_rule_evaluations_total`)) > 0 ? true : undefined,
        );
        expect(await sumOf(`${prefix}_rule_evaluation_failures_total`)).toBe(0);
      }
    });

    test("lines have the labels by which the log alerts find them", async () => {
      const series = new URLSearchParams({ "match[]": '{stack="dev",service="gateway",level="INFO"}' });
      const labels = await until("the gateway's lines are in Loki", async () => {
        const answer = await fetch(`http://${dev.address}:3100/loki/api/v1/series?${series}`);
        return list(at(await answer.json(), "data"))[0];
      });
      expect(labels).toMatchObject({ stack: "dev", service: "gateway", level: "INFO" });
    });
  },
);

/** Older than Loki takes: it refuses, and counts. */
async function sendAnOldLine(lokiUrl: string): Promise<void> {
  const values = [[`${Date.parse("2020-01-01")}000000`, "old"]];
  const body = JSON.stringify({ streams: [{ stream: { service: "test" }, values }] });
  const headers = { "Content-Type": "application/json" };
  await fetch(`${lokiUrl}/loki/api/v1/push`, { method: "POST", headers, body });
}

/** A connection that says who it is: without one, the exporter's label for it is empty. */
async function connectionWithName(host: string): Promise<pg.Client> {
  const secrets: unknown = JSON.parse(readFileSync(developerHome().secretsFile, "utf8"));
  const client = new pg.Client({
    host,
    user: "trading",
    database: "trading",
    password: text(at(secrets, "databasePassword")) ?? "",
    application_name: "test",
  });
  client.on("error", () => {});
  await client.connect();
  return client;
}
