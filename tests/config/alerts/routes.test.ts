import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ensureAmtool } from "../../../cli/setup/monitoring.ts";
import type { Alert } from "../../../components/alerts/alert.ts";
import { inhibitions } from "../../../components/alerts/inhibitions.ts";
import { receiversFor } from "../../../components/alerts/routes.ts";
import { labelsOf } from "../../../components/alerts/rules.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { at, list, texts } from "../../support/json.ts";
import { settingsOf } from "../../support/stacks.ts";
import { type Place, places, withEverything } from "./places.ts";

/** Who must be told, written down by hand: the judge of the routes. */
const page = ["pagerduty", "slack", "webhook"];
const notice = ["slack", "webhook"];
const expected: Readonly<Record<string, readonly string[]>> = {
  HighErrorRate: page,
  SlowResponseTime: notice,
  BackendDown: page,
  HighDatabaseConnections: ["email", ...notice],
  DatabaseDown: ["email", ...page],
  LongRunningQueries: ["email", ...notice],
  BackupTooOld: ["email", ...notice],
  RedisDown: page,
  HighRedisMemory: notice,
  HighCpuUsage: notice,
  HighMemoryUsage: notice,
  LowDiskSpace: notice,
  TradingSystemUnhealthy: page,
  HighOrderFailureRate: notice,
  BacktestQueueBackup: notice,
  BackendInstanceMissing: notice,
  ErrorBudgetBurnFast: notice,
  ErrorBudgetBurnSlow: notice,
  SiteUnreachable: page,
  DiskFullSoon: notice,
  ClockSkew: notice,
  CertificateExpiring: notice,
  MemberCertificateExpiring: notice,
  ContainerNearMemoryLimit: notice,
  RestartLoop: notice,
  DeploymentStuck: notice,
  PodsMissing: notice,
  Watchdog: ["heartbeat"],
  TargetDown: notice,
  AlertmanagerDown: page,
  AlertmanagerPeerMissing: notice,
  NotificationsFailing: notice,
  RuleEvaluationFailing: notice,
  ConfigReloadFailed: notice,
  PrometheusStorageNearlyFull: notice,
  RemoteWriteBehind: notice,
  RemoteWriteFailing: notice,
  LogsDropped: notice,
  LogStorageFailing: notice,
  ErrorBurst: notice,
  UnhandledExceptions: notice,
  FailedLoginBurst: notice,
  ServiceStoppedLogging: notice,
};

let amtool: string;
let folder: string;
beforeAll(async () => {
  amtool = await ensureAmtool();
  folder = mkdtempSync(join(tmpdir(), "routes-"));
  // The first time, amtool is built.
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...words: readonly string[]) => spawnSync(amtool, words, { encoding: "utf8" });

function configOf(settings: Settings, name: string): string {
  const file = join(folder, `${name}.yml`);
  writeFileSync(file, mountedFile(describePlatform(settings), "alertmanager", "/etc/alertmanager/alertmanager.yml"));
  return file;
}

/** Receivers of an alert with these labels, as Alertmanager's own router finds them. */
function routed(config: string, labels: Readonly<Record<string, string>>): readonly string[] {
  const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const { stdout, stderr } = run("config", "routes", "test", `--config.file=${config}`, ...words);
  expect(stderr).toBe("");
  return stdout.trim().split(",").sort();
}

const labels = (alert: Alert, settings: Settings) => ({
  alertname: alert.name,
  ...labelsOf(alert, settings),
  service: "any",
});

describe.each(places)("in $stack on $target", ({ stack, target }: Place) => {
  const settings = withEverything(settingsOf(stack, target));

  test("Alertmanager takes its configuration [requirement file/alertmanager]", () => {
    const { status, stdout, stderr } = run("check-config", configOf(settings, "check"));
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
    expect(stdout).toContain("6 receivers");
  });

  test("every alert reaches those it must, and nobody else [requirement channel/*]", () => {
    const config = configOf(settings, "routes");
    for (const alert of describePlatform(settings).alerts) {
      expect([alert.name, routed(config, labels(alert, settings))]).toEqual([
        alert.name,
        [...(expected[alert.name] ?? [])].sort(),
      ]);
      expect([...receiversFor(alert)].sort()).toEqual([...(expected[alert.name] ?? [])].sort());
    }
  });
});

test("what has a severity that is not ours is not lost", () => {
  const config = configOf(settingsOf("prod"), "strange");
  expect(routed(config, { alertname: "Strange", severity: "page" })).toEqual(["webhook"]);
});

test("that Slack takes nothing is told by another channel", () => {
  const config = configOf(settingsOf("prod"), "failing");
  const failing = { alertname: "NotificationsFailing", severity: "warning", category: "monitoring" };
  expect(routed(config, { ...failing, integration: "slack" })).toEqual(["pagerduty", "slack", "webhook"]);
  expect(routed(config, { ...failing, integration: "pagerduty" })).toEqual(["slack", "webhook"]);
});

test("without a heartbeat there is neither Watchdog nor receiver", () => {
  const settings = settingsOf("staging");
  expect(settings.alerts.heartbeatUrl).toBeUndefined();
  expect(describePlatform(settings).alerts.map(({ name }) => name)).not.toContain("Watchdog");
  const config = mountedFile(describePlatform(settings), "alertmanager", "/etc/alertmanager/alertmanager.yml");
  expect(config).not.toContain("heartbeat");
});

test("an override of the severity changes who is told", () => {
  const settings = settingsOf("prod");
  const overrides = { SlowResponseTime: { reason: "the contract says so", severity: "critical" } } as const;
  const strict = { ...settings, alerts: { ...settings.alerts, overrides } };
  const slow = describePlatform(strict).alerts.find(({ name }) => name === "SlowResponseTime");
  if (slow === undefined) throw new Error("SlowResponseTime is missing");
  expect(routed(configOf(strict, "strict"), labels(slow, strict))).toEqual(page);
});

test("secrets of receivers are files, and every one of them is mounted", () => {
  const text = mountedFile(describePlatform(settingsOf("prod")), "alertmanager", "/etc/alertmanager/alertmanager.yml");
  expect(text.match(/^ *(?:api_url|routing_key|auth_password|credentials|bearer_token|password):/gm)).toBeNull();
  const named = [...text.matchAll(/_file: (\S+)/g)].map((match) => match[1] ?? "");
  const paths = ["slack-url", "pagerduty-key", "smtp-password", "webhook-token"];
  const own = named.filter((path) => !path.startsWith("/etc/mtls/"));
  expect(own.sort()).toEqual(paths.map((name) => `/etc/alertmanager-secrets/${name}`).sort());
});

test("labels that an inhibition compares are equal, so that it works", () => {
  const { alerts } = describePlatform(settingsOf("prod"));
  const serviceOf = (wanted: string) => alerts.find(({ name }) => name === wanted)?.service;
  const broken = inhibitions
    .filter(({ equal }) => equal.includes("service"))
    .flatMap(({ source, targets }) => targets.filter((target) => serviceOf(target) !== serviceOf(source)));
  expect(broken).toEqual([]);
  expect(inhibitions.filter(({ source, targets }) => targets.includes(source))).toEqual([]);
  expect(inhibitions.filter(({ equal }) => !equal.includes("environment"))).toEqual([]);
});

test("a page is sent within seconds and again in an hour, a notice takes its time", () => {
  const config: unknown = parse(
    mountedFile(describePlatform(settingsOf("prod")), "alertmanager", "/etc/alertmanager/alertmanager.yml"),
  );
  const paces = list(at(config, "route", "routes")).map((route) => [
    ...texts(at(route, "matchers")),
    at(route, "group_wait"),
    at(route, "group_interval"),
    at(route, "repeat_interval"),
  ]);
  expect(paces).toEqual([
    ['alertname=~".+Inhibitor"', undefined, undefined, undefined],
    ['severity="none"', "0s", "1m", "1m"],
    ['severity="critical"', "5s", "5s", "1h"],
    ['severity="warning"', "30s", "5m", "12h"],
  ]);
  expect(at(config, "route", "group_by")).toEqual(["environment", "service"]);
});
