import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { selfSigned } from "../../../cli/engine/developer/certificate.ts";
import { alertmanager as alertmanagerTool } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import type { Alert } from "../../../components/alerts/alert.ts";
import { labelsOf, linksOf } from "../../../components/alerts/rules.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import type { WorkloadSpec } from "../../../components/workload/index.ts";
import { type Sink, startSink } from "../../../services/alert-sink/sink.ts";
import { answersWell, ended, freePort, type Launched, launch, until } from "../../support/process.ts";

/** The stack's own Alertmanager, as its targets run it, and local receivers of its five channels. */
export interface Running {
  readonly url: string;
  readonly sink: Sink;
  /** Makes Alertmanager know these alerts as Prometheus would; `endsAt` in the past for one that is over. */
  tell(alerts: readonly Fired[]): Promise<void>;
  /** The value of a counter of its own, summed over what has these labels. */
  counted(metric: string, labels: Readonly<Record<string, string>>): Promise<number>;
  stop(): Promise<void>;
}

/** An alert as Prometheus posts it. */
export interface Fired {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL: string;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

export const secrets = {
  pagerdutyRoutingKey: "0123456789abcdef0123456789abcdef",
  smtpPassword: "mail-password",
  alertWebhookToken: "webhook-token",
} as const;

/** Receivers for a test, on free ports. */
export async function localSink(settings: Settings): Promise<{ readonly sink: Sink; readonly certificate: string }> {
  const pair = await selfSigned([]);
  const sink = await startSink({
    ...pair,
    host: "127.0.0.1",
    port: 0,
    mailPort: 0,
    mailUser: settings.alerts.receivers.email.user,
    mailPassword: secrets.smtpPassword,
    webhookToken: secrets.alertWebhookToken,
  });
  return { sink, certificate: pair.certificate };
}

/** Times of the rendered file that a test has no time for, and what stands for them. */
export type Shortened = Readonly<Record<string, string>>;

/**
 * Starts Alertmanager with the files and flags of the stack's workload. Other than there: the addresses are the sink's,
 * files are in a temporary folder, and times are those of `shortened`.
 */
export async function startAlertmanager(
  settings: Settings,
  { sink, certificate }: Awaited<ReturnType<typeof localSink>>,
  shortened: Shortened = {},
): Promise<Running> {
  const program = await ensureTool(alertmanagerTool);
  const folder = mkdtempSync(join(tmpdir(), "alertmanager-"));
  const port = await freePort();
  const spec = workloadOf(pointedAt(sink, settings));
  writeFiles(folder, spec, sink, shortened);
  writeFileSync(join(folder, "ca.pem"), certificate);
  const words = spec.args.map((flag) =>
    flag
      .replace("/etc/alertmanager/", `${folder}/`)
      .replace("=/alertmanager", `=${join(folder, "data")}`)
      .replace("--web.listen-address=:9093", `--web.listen-address=127.0.0.1:${port}`),
  );
  // The mail server's certificate is of no authority that this host knows.
  const environment = { ...process.env, SSL_CERT_FILE: join(folder, "ca.pem") };
  const launched = launch({ name: "alertmanager", program, words, folder, environment });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await ended(launched);
    rmSync(folder, { recursive: true, force: true });
  };
  await untilReady(launched, url, stop);
  return {
    url,
    sink,
    tell: (alerts) => post(`${url}/api/v2/alerts`, alerts),
    counted: (metric, labels) => counted(url, metric, labels),
    stop,
  };
}

function workloadOf(settings: Settings): WorkloadSpec {
  const spec = membersOf(describePlatform(settings))
    .filter(isWorkload)
    .find(({ name }) => name === "alertmanager");
  if (spec === undefined) throw new Error("there is no alertmanager");
  return spec;
}

/** The settings that name receivers, with the sink's addresses. */
const pointedAt = (sink: Sink, settings: Settings): Settings => ({
  ...settings,
  alerts: {
    ...settings.alerts,
    heartbeatUrl: `http://127.0.0.1:${sink.port}/heartbeat`,
    receivers: {
      ...settings.alerts.receivers,
      pagerduty: { url: `http://127.0.0.1:${sink.port}/v2/enqueue` },
      email: { ...settings.alerts.receivers.email, smarthost: `localhost:${sink.mailPort}` },
    },
  },
});

/** The workload's files, and its secrets beside them. */
function writeFiles(folder: string, spec: WorkloadSpec, sink: Sink, shortened: Shortened): void {
  for (const { path, content } of spec.files) {
    const text = content
      .replaceAll("/etc/alertmanager-secrets/", `${folder}/secrets/`)
      .replace(/http:\/\/[^/\s]+(?=\/api\/v1\/webhooks)/, `http://127.0.0.1:${sink.port}`)
      .replaceAll(/((?:group_wait|group_interval|repeat_interval|timeout): )(\S+)/g, (_, key, time) => {
        return `${key}${shortened[time] ?? time}`;
      });
    writeFileSync(join(folder, basename(path)), text);
  }
  mkdirSync(join(folder, "secrets"));
  const values = { ...secrets, slackWebhookUrl: `http://127.0.0.1:${sink.port}/slack/T0/B0/secret` };
  for (const { path, secret } of spec.secretFiles) {
    const value = Object.entries(values).find(([name]) => name === secret)?.[1];
    if (value === undefined) throw new Error(`the test knows no ${secret}`);
    writeFileSync(join(folder, "secrets", basename(path)), value);
  }
}

async function untilReady(launched: Launched, url: string, stop: () => Promise<void>): Promise<void> {
  try {
    await until(`${launched.name} is ready`, () => answersWell(`${url}/-/ready`), { launched: [launched] });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function post(url: string, body: unknown): Promise<void> {
  const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

async function counted(url: string, metric: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
  return lines
    .filter((line) => line.startsWith(`${metric}{`))
    .filter((line) => Object.entries(labels).every(([name, value]) => line.includes(`${name}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

/** What Prometheus would post of this alert's own fault. */
export function fired(alert: Alert, settings: Settings): readonly Fired[] {
  if (alert.behaviour === "always fires") return [firedAs(alert, settings, {}, alert.summary)];
  return alert.behaviour.tells.map(({ labels = {}, summary }) => firedAs(alert, settings, labels, summary));
}

const firedAs = (
  alert: Alert,
  settings: Settings,
  labels: Readonly<Record<string, string>>,
  summary: string,
): Fired => ({
  labels: { ...labelsOf(alert, settings), ...labels, alertname: alert.name },
  annotations: { summary, description: alert.description, ...linksOf(alert, settings) },
  generatorURL: `http://localhost:19090/graph?g0.expr=${encodeURIComponent(alert.expression)}&g0.tab=1`,
});
