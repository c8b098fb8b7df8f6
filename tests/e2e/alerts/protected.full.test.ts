import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { freePort } from "../../../cli/open/free-port.ts";
import { startFront } from "../../../cli/open/front.ts";
import { blackboxExporter, ensureAmtool, ensurePromtool } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import { applySilences, heldSilences } from "../../../cli/silences/api.ts";
import { planSilences, settingOf } from "../../../components/alerts/silences.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import type { WorkloadSpec } from "../../../components/workload/index.ts";
import { at, entries, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { startPrometheus } from "../../support/products/prometheus.ts";
import {
  answersProtected,
  askProtected,
  inside,
  type Keys,
  makeKeys,
  writeMounted,
} from "../../support/products/protected.ts";
import { settingsOf } from "../../support/stacks.ts";
import { type Receivers, startAlertmanager, startReceivers } from "./alertmanager.ts";
import { arrived } from "./inbox.ts";

// Production's own Prometheus and Alertmanager, files and flags; only addresses, folders and the pace are the test's.
const settings = settingsOf("prod", undefined, { mtls: false });
const platform = describePlatform(settings);
const shortened = { "30s": "1s", "5m": "2s", "1m": "1s" };

let products: Ground;
let receivers: Receivers;
let keys: Keys;
const running: Record<string, Product> = {};

beforeAll(async () => {
  products = ground("protected");
  receivers = await startReceivers(settings);
  keys = await makeKeys();
  const alertmanager = await startAlertmanager(products, { settings, receivers, shortened, keys });
  const port = await freePort();
  const spec = workloadOf("prometheus");
  const prometheus = await startPrometheus(products, {
    port,
    config: (folder) => {
      writeMounted(folder, spec, keys);
      return prometheusConfig(folder, `127.0.0.1:${port}`, alertmanager.address);
    },
    flags: (folder) =>
      spec.args.filter((flag) => flag.startsWith("--web.config.file=")).map((flag) => inside(folder, flag)),
    answersSecurely: answersProtected(keys),
  });
  Object.assign(running, { prometheus, alertmanager });
  // The first time, they are built.
}, 900_000);
afterAll(async () => {
  await products.clear();
  await receivers.sink.stop();
});

function workloadOf(wanted: string): WorkloadSpec {
  const spec = platform.monitoring.find(({ name }) => name === wanted);
  if (spec === undefined) throw new Error(`there is no ${wanted}`);
  return spec;
}

const product = (name: string): Product => {
  const found = running[name];
  if (found === undefined) throw new Error(`${name} does not run`);
  return found;
};

/** The rendered file: both jobs, rules and Alertmanager as they are, found at the addresses here. */
function prometheusConfig(folder: string, own: string, alertmanager: string): object {
  const text = mountedFile(platform, "prometheus", "/etc/prometheus/prometheus.yml");
  const config: unknown = parse(inside(folder, text));
  const found = (value: unknown, target: string) => ({
    ...Object.fromEntries(entries(value).filter(([key]) => !key.endsWith("_sd_configs"))),
    static_configs: [{ targets: [target] }],
  });
  const job = (name: string, target: string) =>
    found(
      list(at(config, "scrape_configs")).find((each) => at(each, "job_name") === name),
      target,
    );
  return {
    global: {
      ...Object.fromEntries(entries(at(config, "global"))),
      scrape_interval: "1s",
      scrape_timeout: "1s",
      evaluation_interval: "1s",
    },
    rule_files: at(config, "rule_files"),
    alerting: { alertmanagers: [found(at(config, "alerting", "alertmanagers", 0), alertmanager)] },
    scrape_configs: [job("prometheus", own), job("alertmanager", alertmanager)],
  };
}

describe.each(["prometheus", "alertmanager"] as const)("%s", (name) => {
  test.each(["/-/healthy", "/-/ready", "/metrics", "/api/v2/status", "/"])(
    "tells nobody anything at %s who does not say who it is",
    async (path) => {
      const { url } = product(name);
      expect((await askProtected(`${url}${path}`, { keys, password: undefined })).status).toBe(401);
      expect((await askProtected(`${url}${path}`, { keys, password: "wrong" })).status).toBe(401);
    },
  );

  test("answers who knows the password, over TLS alone", async () => {
    const { url, address } = product(name);
    expect((await askProtected(`${url}/-/healthy`, { keys })).status).toBe(200);
    expect((await fetch(`http://${address}/-/healthy`)).status).toBe(400);
    // Whoever does not know the certificate trusts nobody.
    await expect(fetch(`${url}/-/healthy`)).rejects.toThrow();
  });

  test("its probes pass, and fail with another password", async () => {
    const folder = join(products.folder, name === "alertmanager" ? "alertmanager-0" : name);
    const tools = { promtool: await ensurePromtool(), amtool: await ensureAmtool() };
    const { liveness, readiness, startup } = workloadOf(name).probes;
    for (const { check } of [liveness, readiness, ...(startup === undefined ? [] : [startup])]) {
      if (check.kind !== "command") throw new Error(`${name} is not asked by a command`);
      const [tool, ...words] = check.command.map((word) =>
        inside(folder, word).replace(/127\.0\.0\.1:\d+/, product(name).address),
      );
      const program = Object.entries(tools).find(([known]) => known === tool)?.[1] ?? "none";
      expect(spawnSync(program, words, { encoding: "utf8" })).toMatchObject({ status: 0 });
      const file = words.findIndex((word) => word.startsWith("--http.config.file="));
      const other = join(products.folder, "other.yml");
      const text = readFileSync((words[file] ?? "").replace("--http.config.file=", ""), "utf8");
      writeFileSync(join(products.folder, "wrong"), "wrong");
      writeFileSync(
        other,
        text.replace(/"password_file":"[^"]*"/, `"password_file":"${join(products.folder, "wrong")}"`),
      );
      const { status } = spawnSync(program, words.with(file, `--http.config.file=${other}`), { encoding: "utf8" });
      expect(status).not.toBe(0);
    }
  });
});

test("Prometheus scrapes both, and what fires is delivered", async () => {
  const up = await until("both are scraped", async () => {
    const query = encodeURIComponent("up == 1");
    const { body } = await askProtected(`${product("prometheus").url}/api/v1/query?query=${query}`, { keys });
    const jobs = list(at(JSON.parse(body), "data", "result")).map((each) => String(at(each, "metric", "job")));
    return jobs.length === 2 ? jobs.sort() : undefined;
  });
  expect(up).toEqual(["alertmanager", "prometheus"]);
  await arrived(receivers.sink.inbox.heartbeat, { count: 2, seconds: 40 });
});

test("the prober tells when Alertmanager's certificate ends, and knows no password", async () => {
  const config = mountedFile(platform, "blackbox-exporter", "/etc/blackbox/blackbox.yml");
  const prober = await products.start({
    name: "blackbox_exporter",
    program: await ensureTool(blackboxExporter),
    words: (folder, port) => {
      writeFileSync(join(folder, "blackbox.yml"), config);
      return [`--config.file=${join(folder, "blackbox.yml")}`, `--web.listen-address=127.0.0.1:${port}`];
    },
    readyPath: "/-/healthy",
  });
  const query = new URLSearchParams({ module: "certificate", target: product("alertmanager").address });
  const said = await (await fetch(`${prober.url}/probe?${query}`)).text();
  const end = /^probe_ssl_earliest_cert_expiry (\S+)$/m.exec(said)?.[1];
  expect(Number(end)).toBe(new X509Certificate(keys.monitoringCertificate).validToDate.getTime() / 1000);
});

test("silences are listed and applied by the way that ./platform opens", async () => {
  const port = await freePort();
  const front = await startFront(port, {
    host: "127.0.0.1",
    port: Number(product("alertmanager").address.split(":")[1]),
    certificate: keys.monitoringCertificate,
    password: keys.monitoringPassword,
  });
  const url = `http://localhost:${port}`;
  const ends = new Date(Date.now() + 600_000).toISOString();
  const wanted = { quiet: { reason: "a test", owner: "nobody", ends, matchers: { service: "cache" } } };
  await applySilences(url, planSilences(wanted, await heldSilences(url), new Date()));
  expect((await heldSilences(url)).map(settingOf)).toEqual(["quiet"]);
  await front.close();
});

test("password and hash stand in no page of Prometheus or Alertmanager", async () => {
  for (const [name, paths] of [
    ["prometheus", ["/api/v1/status/config", "/api/v1/status/flags", "/metrics"]],
    ["alertmanager", ["/api/v2/status", "/metrics"]],
  ] as const) {
    for (const path of paths) {
      const { body } = await askProtected(`${product(name).url}${path}`, { keys });
      expect(body).not.toContain(keys.monitoringPassword);
      expect(body).not.toContain(keys.monitoringPasswordHash);
    }
  }
});
