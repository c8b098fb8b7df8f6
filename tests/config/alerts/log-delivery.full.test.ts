import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openedUrl } from "../../../components/access.ts";
import type { Alert } from "../../../components/alerts/alert.ts";
import { labelsOf, linksOf } from "../../../components/alerts/rules.ts";
import { describePlatform } from "../../../components/specification.ts";
import { seconds } from "../../../components/workload/index.ts";
import { at, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { startLoki, startPromtail } from "../../support/products/loki.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { startAlertmanager, tellsNobody } from "../../support/products/prometheus.ts";
import { askProtected, type Keys, makeKeys } from "../../support/products/protected.ts";
import { settingsOf } from "../../support/stacks.ts";

/** Production, in a hurry: seconds in place of minutes. */
const production = settingsOf("prod");
const warning = { window: seconds(4), for: seconds(6) };
const settings = {
  ...production,
  alerts: { ...production.alerts, timing: { ...production.alerts.timing, warning } },
};
const alerts = describePlatform(settings).alerts.filter(({ source }) => source === "logs");
const services = ["backend", "worker", "gateway"] as const;

let products: Ground;
let alertmanager: Product;
let keys: Keys;
const logOf = (service: string): string => join(products.folder, `${service}.log`);

beforeAll(async () => {
  products = ground("log-delivery");
  keys = await makeKeys();
  alertmanager = await startAlertmanager(products, tellsNobody, { keys });
  const loki = await startLoki(products, {
    settings,
    alertmanagerUrl: alertmanager.url,
    keys,
    // The time of silence is the alert's own, no setting.
    rules: (text) => text.replaceAll("[5m]", "[4s]"),
    changes: [[["ruler", "evaluation_interval"], "1s"]],
  });
  for (const service of services) appendFileSync(logOf(service), "");
  const files = Object.fromEntries(services.map((service) => [service, logOf(service)]));
  await startPromtail(products, { settings, lokiUrl: loki.url, files });
  // The first time, Loki, Promtail and Alertmanager are built.
}, 900_000);
afterAll(() => products.clear());

const say = (service: string, level: string, event: string) =>
  appendFileSync(logOf(service), `${JSON.stringify({ timestamp: new Date().toISOString(), level, event })}\n`);

/** What Alertmanager has, once it is exactly those alerts, by name and service; until then, lines are written. */
async function arrived(wanted: readonly string[], write: () => void): Promise<readonly unknown[]> {
  let last: readonly string[] = [];
  const writing = setInterval(write, 200);
  try {
    return await until(`the alerts ${wanted.join(", ")}`, async () => {
      const all = list(JSON.parse((await askProtected(`${alertmanager.url}/api/v2/alerts`, { keys })).body));
      last = all.map((each) => `${at(each, "labels", "alertname")} ${at(each, "labels", "service")}`).sort();
      return last.join() === [...wanted].sort().join() ? all : undefined;
    });
  } catch (error) {
    throw new Error(`there are: ${last.join(", ") || "none"}`, { cause: error });
  } finally {
    clearInterval(writing);
  }
}

const alertOf = (told: unknown): Alert => {
  const found = alerts.find(({ name }) => name === at(told, "labels", "alertname"));
  if (found === undefined) throw new Error(`an alert that is not ours: ${JSON.stringify(told)}`);
  return found;
};

/** Its labels and annotations are those of the catalogue; numbers in a summary are what the moment makes them. */
function expectAsStated(told: unknown): void {
  const alert = alertOf(told);
  const service = String(at(told, "labels", "service"));
  expect(at(told, "labels")).toMatchObject({ alertname: alert.name, ...labelsOf(alert, settings), service });
  expect(at(told, "annotations")).toEqual({
    summary: expect.stringMatching(
      /^(?:\w+ logs \d+ errors|\w+ has \d+\.\d unhandled|\d+ logins|\w+ has logged nothing)/,
    ),
    description: alert.description,
    ...linksOf(alert, settings),
  });
  // Its query, in Grafana.
  const [start, query] = String(at(told, "generatorURL")).split("?");
  expect(start).toBe(`${openedUrl(settings, "grafana")}/explore`);
  expect(new URLSearchParams(query).get("left")).toContain('"datasource":{"type":"loki","uid":"loki"}');
}

test("the real ruler tells the real Alertmanager, which is protected, of each fault, as stated, and of its end", {
  timeout: 300_000,
}, async () => {
  const alive = () => {
    for (const service of services) say(service, "INFO", settings.backend.logEvents.alive);
  };
  const silent = await arrived(
    services.map((service) => `ServiceStoppedLogging ${service}`),
    () => {},
  );
  const faults = await arrived(
    ["ErrorBurst backend", "UnhandledExceptions backend", "FailedLoginBurst backend"],
    () => {
      alive();
      say("backend", "ERROR", settings.backend.logEvents.unhandledException);
      say("backend", "WARNING", settings.backend.logEvents.loginFailed);
    },
  );
  for (const told of [...silent, ...faults]) expectAsStated(told);
  expect(new Set([...silent, ...faults].map((told) => alertOf(told).name)).size).toBe(alerts.length);
  expect(await arrived([], alive)).toEqual([]);
});
