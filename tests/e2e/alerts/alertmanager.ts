import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { selfSigned } from "../../../cli/engine/developer/certificate.ts";
import { freePort } from "../../../cli/open/free-port.ts";
import { alertmanager as alertmanagerTool } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import type { WorkloadSpec } from "../../../components/workload/index.ts";
import { type Sink, startSink } from "../../../services/alert-sink/sink.ts";
import type { Ground, Product } from "../../support/products/product.ts";
import { answersProtected, type Keys, writeMounted } from "../../support/products/protected.ts";

export const secrets = {
  pagerdutyRoutingKey: "0123456789abcdef0123456789abcdef",
  smtpPassword: "mail-password",
  alertWebhookToken: "webhook-token",
} as const;

/** Receivers of the five channels on free ports, and the certificate of their mail server. */
export interface Receivers {
  readonly sink: Sink;
  readonly certificate: string;
}

export async function startReceivers(settings: Settings): Promise<Receivers> {
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

interface Start {
  readonly settings: Settings;
  readonly receivers: Receivers;
  /** Times of the rendered file that a test has no time for, and what stands for them. */
  readonly shortened?: Readonly<Record<string, string>>;
  /** With them it is protected as the stack's is; else plain, for tests of what it tells. */
  readonly keys?: Keys;
  /** Where the settings have mTLS: of each, by its number. */
  readonly identities?: readonly Identity[];
}

/** Whom one trusts, and what it shows. */
export interface Identity {
  readonly authority: string;
  readonly pem: string;
  /** It gossips without TLS all the same. */
  readonly isPlain?: true;
}

/**
 * Starts Alertmanager with the files and flags of the stack's workload. Other than there: the addresses are those of the
 * receivers, files are in a temporary folder, and times are those of `shortened`.
 */
export async function startAlertmanager(ground: Ground, start: Start): Promise<Product> {
  const [one] = await startAlertmanagers(ground, start, 1);
  if (one === undefined) throw new Error("nothing was started");
  return one;
}

/** Several that gossip, as the stack has them. */
export async function startAlertmanagers(
  ground: Ground,
  { settings, receivers, shortened = {}, keys, identities = [] }: Start,
  count: number,
): Promise<readonly Product[]> {
  const program = await ensureTool(alertmanagerTool);
  const spec = workloadOf(pointedAt(receivers.sink, settings));
  const flags = spec.args.filter((flag) => keys !== undefined || !flag.startsWith("--web.config.file="));
  const clusterPorts = await Promise.all(Array.from({ length: count }, freePort));
  return Promise.all(
    clusterPorts.map((own, index) =>
      ground.start({
        name: `alertmanager-${index}`,
        program,
        readyPath: "/-/ready",
        ...(keys && { answersSecurely: answersProtected(keys) }),
        // The mail server's certificate is of no authority that this host knows.
        environment: { ...process.env, SSL_CERT_FILE: join(ground.folder, `alertmanager-${index}`, "ca.pem") },
        words: (folder, port) => {
          const identity = identities[index];
          writeFiles(folder, changed(spec, receivers, shortened), receivers, { keys, identity });
          return flags
            .filter((flag) => identity?.isPlain !== true || !flag.startsWith("--cluster.tls-config="))
            .flatMap((flag) => localFlag(flag, folder, { port, own, peers: clusterPorts }));
        },
      }),
    ),
  );
}

interface Ports {
  readonly port: number;
  readonly own: number;
  readonly peers: readonly number[];
}

/** A flag of the workload with this host's folders and ports. */
function localFlag(flag: string, folder: string, { port, own, peers }: Ports): readonly string[] {
  if (flag.startsWith("--cluster.peer=")) return peers.map((peer) => `--cluster.peer=127.0.0.1:${peer}`);
  return [
    flag
      .replace("/etc/", `${folder}/etc/`)
      .replace("=/alertmanager", `=${join(folder, "data")}`)
      .replace("--web.listen-address=:9093", `--web.listen-address=127.0.0.1:${port}`)
      .replace("0.0.0.0:9094", `127.0.0.1:${own}`),
  ];
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

/** The workload with the addresses of the receivers and the times of the test in its files. */
const changed = (
  spec: WorkloadSpec,
  { sink }: Receivers,
  shortened: NonNullable<Start["shortened"]>,
): WorkloadSpec => ({
  ...spec,
  files: spec.files.map(({ path, content }) => ({
    path,
    content: content
      .replace(/https?:\/\/[^/\s]+(?=\/api\/v1\/webhooks)/, `http://127.0.0.1:${sink.port}`)
      .replaceAll(/((?:group_wait|group_interval|repeat_interval): )(\S+)/g, (_, key, time) => {
        return `${key}${shortened[time] ?? time}`;
      }),
  })),
});

/** The workload's files, its secrets, and the mail server's certificate. */
function writeFiles(
  folder: string,
  spec: WorkloadSpec,
  { sink, certificate }: Receivers,
  { keys, identity }: { readonly keys: Keys | undefined; readonly identity: Identity | undefined },
): void {
  const slackWebhookUrl = `http://127.0.0.1:${sink.port}/slack/T0/B0/secret`;
  const secretFiles = spec.secretFiles
    .filter(({ secret }) => keys !== undefined || !secret.startsWith("monitoring"))
    .filter(({ secret }) => identity !== undefined || !secret.startsWith("mtls"));
  writeMounted(
    folder,
    { ...spec, secretFiles },
    {
      ...{ ...secrets, slackWebhookUrl, ...keys },
      ...(identity && { mtlsAuthority: identity.authority, mtlsAlertmanager: identity.pem }),
    },
  );
  writeFileSync(join(folder, "ca.pem"), certificate);
}

/** The value of one of its counters, summed over what has these labels. */
export async function counted(
  { url }: Product,
  metric: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
  return lines
    .filter((line) => line.startsWith(`${metric}{`))
    .filter((line) => Object.entries(labels).every(([name, value]) => line.includes(`${name}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

/** The value of one of its metrics that has no labels; NaN while it tells none. */
export async function told({ url }: Product, metric: string): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
  return Number(
    lines
      .find((line) => line.startsWith(`${metric} `))
      ?.split(" ")
      .at(-1) ?? Number.NaN,
  );
}
