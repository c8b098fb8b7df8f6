import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { freePort } from "../../../cli/open/free-port.ts";
import { alertRules } from "../../../components/alerts/rules.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { seconds } from "../../../components/workload/index.ts";
import { at, entries, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { startPrometheus } from "../../support/products/prometheus.ts";
import { settingsOf } from "../../support/stacks.ts";

const password = "a-password-of-the-test";
const production = settingsOf("prod", undefined, {
  metrics: { remoteWrite: { url: "https://mimir.example.com/api/v1/push", authentication: "basic", user: "trading" } },
});
/** In a hurry: seconds in place of minutes. */
const settings = {
  ...production,
  alerts: {
    ...production.alerts,
    timing: { ...production.alerts.timing, warning: { window: seconds(4), for: seconds(2) } },
    thresholds: { ...production.alerts.thresholds, remoteWriteLag: seconds(8) },
  },
};

let products: Ground;
let store: Product;
let gate: Gate;
let sender: Product;

beforeAll(async () => {
  products = ground("remote-write");
  store = await startPrometheus(products, {
    name: "store",
    config: () => ({}),
    flags: ["--web.enable-remote-write-receiver"],
  });
  gate = await startGate(`${store.url}/api/v1/write`);
  const port = await freePort();
  sender = await startPrometheus(products, { name: "sender", port, config: (folder) => sendersConfig(folder, port) });
  // The first time, Prometheus is built.
}, 900_000);
afterAll(async () => {
  await products.clear();
  gate.server.closeAllConnections();
  gate.server.close();
});

/** What prod's Prometheus mounts; only addresses, the password's place and the pace are the test's. */
function sendersConfig(folder: string, port: number): object {
  const platform = describePlatform(settings);
  const config: unknown = parse(mountedFile(platform, "prometheus", "/etc/prometheus/prometheus.yml"));
  const [remote] = list(at(config, "remote_write"));
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password);
  const rules = join(folder, "alert.rules");
  const alerts = platform.alerts.filter(({ name }) => name.startsWith("RemoteWrite"));
  writeFileSync(rules, alertRules(alerts, settings));
  return {
    global: {
      scrape_interval: "1s",
      scrape_timeout: "1s",
      evaluation_interval: "1s",
      external_labels: at(config, "global", "external_labels"),
    },
    rule_files: [rules],
    scrape_configs: [{ job_name: "prometheus", static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
    remote_write: [
      {
        ...Object.fromEntries(entries(remote)),
        url: gate.url,
        basic_auth: { username: at(remote, "basic_auth", "username"), password_file: passwordFile },
      },
    ],
  };
}

/** Between the two: asks who comes, as a store of metrics does, and can be shut. */
interface Gate {
  readonly server: Server;
  readonly url: string;
  isOpen: boolean;
}

async function startGate(to: string): Promise<Gate> {
  const expected = `Basic ${Buffer.from(`trading:${password}`).toString("base64")}`;
  const server = createServer(async (request, response) => {
    const body = new Uint8Array(await buffer(request));
    if (!started.isOpen) return response.writeHead(503).end();
    if (request.headers.authorization !== expected) return response.writeHead(401).end();
    const { host: _, "content-length": __, connection: ___, ...headers } = request.headers;
    const kept = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]);
    const answer = await fetch(to, { method: "POST", headers: kept, body });
    response.writeHead(answer.status).end(await answer.text());
  }).listen(0, "127.0.0.1");
  const started = { server, url: "", isOpen: true };
  await once(server, "listening");
  started.url = `http://127.0.0.1:${String(at(server.address(), "port"))}/`;
  return started;
}

async function ask({ url }: Product, query: string, time = Date.now() / 1000): Promise<readonly unknown[]> {
  const words = new URLSearchParams({ query, time: String(time) });
  return list(at(await (await fetch(`${url}/api/v1/query?${words}`)).json(), "data", "result"));
}

const firing = async (): Promise<readonly string[]> =>
  (await ask(sender, 'ALERTS{alertstate="firing"}')).map((each) => String(at(each, "metric", "alertname")));

const mine = 'up{job="prometheus"}';

test("samples arrive with the stack's name; a store that is away is told, and gets what it missed", {
  timeout: 300_000,
}, async () => {
  const arrived = await until("the store has samples", async () => (await ask(store, mine))[0]);
  expect(at(arrived, "metric")).toMatchObject({ job: "prometheus", environment: "production", stack: "prod" });
  gate.isOpen = false;
  await until("the alert fires", async () => ((await firing()).includes("RemoteWriteBehind") ? true : undefined));
  gate.isOpen = true;
  await until("the alert is over", async () => ((await firing()).length === 0 ? true : undefined));
  // Nothing of the last minutes is missing.
  const then = Date.now() / 1000 - 5;
  const samples = async (product: Product) =>
    Number(at((await ask(product, `count_over_time(${mine}[5m])`, then))[0], "value", 1));
  const sent = await samples(sender);
  expect(sent).toBeGreaterThan(10);
  await until(`the store has all ${sent} samples`, async () => ((await samples(store)) === sent ? true : undefined));
});

test("the password stands in no page of Prometheus", async () => {
  for (const path of ["/api/v1/status/config", "/api/v1/status/flags", "/metrics"]) {
    expect(await (await fetch(`${sender.url}${path}`)).text()).not.toContain(password);
  }
});
