import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { loki, promtail } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import type { WorkloadSpec } from "../../../components/workload/index.ts";
import { at, list } from "../json.ts";
import type { Ground, Product } from "./product.ts";
import { inside, type Keys, writeMounted } from "./protected.ts";

type Change = readonly [path: readonly (string | number)[], value: unknown];

/** A file with some of its values in place of what it says. */
function changed(text: string, changes: readonly Change[]): string {
  const document = parseDocument(text);
  for (const [path, value] of changes) document.setIn(path, value);
  return document.toString();
}

interface LokiOptions {
  readonly settings: Settings;
  readonly alertmanagerUrl?: string;
  /** Of a protected Alertmanager; default: it is plain. */
  readonly keys?: Keys;
  /** Changes of its rule file. */
  readonly rules?: (text: string) => string;
  readonly changes?: readonly Change[];
  /** Default: a free one; to start it again where its clients look for it. */
  readonly port?: number;
  /** Default: `loki`; several need several. */
  readonly name?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

const plainAlertmanager: Change = [["ruler", "alertmanager_client"], {}];

/** The real Loki with the stack's own configuration and rules; only addresses and folders are the test's. */
export async function startLoki(ground: Ground, options: LokiOptions): Promise<Product> {
  const { settings, alertmanagerUrl = "http://127.0.0.1:9", keys, rules = (text) => text, changes = [] } = options;
  const { port: wanted, name = "loki", environment = process.env } = options;
  const platform = describePlatform(settings);
  const spec = platform.logging.find((each) => each.name === "loki");
  if (spec === undefined) throw new Error("there is no Loki");
  return ground.start({
    name,
    environment: { ...environment, ...(keys && { ALERTMANAGER_PASSWORD: keys.monitoringPassword }) },
    program: await ensureTool(loki),
    readyPath: "/ready",
    ...(wanted !== undefined && { port: wanted }),
    words: (folder, port) => {
      const rulesFolder = join(folder, "rules");
      mkdirSync(join(rulesFolder, "fake"), { recursive: true });
      const text = mountedFile(platform, "loki", "/etc/loki-rules/fake/log-alerts.rules");
      writeFileSync(join(rulesFolder, "fake", "log-alerts.rules"), rules(text));
      const config = changed(mountedFile(platform, "loki", "/etc/loki/loki.yml"), [
        [["server", "http_listen_address"], "127.0.0.1"],
        [["server", "http_listen_port"], port],
        [["server", "grpc_listen_port"], 0],
        [["common", "path_prefix"], folder],
        [["common", "instance_addr"], "127.0.0.1"],
        [["common", "storage"], { filesystem: { chunks_directory: join(folder, "chunks"), rules_directory: "" } }],
        [["schema_config", "configs", 0, "object_store"], "filesystem"],
        [["compactor", "working_directory"], join(folder, "compactor")],
        [["compactor", "delete_request_store"], "filesystem"],
        [["ruler", "storage", "local", "directory"], rulesFolder],
        [["ruler", "rule_path"], join(folder, "rules-temp")],
        [["ruler", "alertmanager_url"], alertmanagerUrl],
        ...(keys === undefined ? [plainAlertmanager] : []),
        ...changes,
      ]);
      writeFileSync(join(folder, "loki.yml"), inside(folder, config));
      if (keys !== undefined) writeMounted(folder, { ...spec, files: [] }, keys);
      return [`-config.file=${join(folder, "loki.yml")}`, ...expanding(spec)];
    },
  });
}

/** The flag that has a product read variables in its configuration, where the stack gives it: it changes every dollar. */
const expanding = (spec: WorkloadSpec | undefined): readonly string[] =>
  spec?.args.filter((flag) => flag.includes("expand-env")) ?? [];

/** Files that are read as the log of the service of that name. */
export type LogFiles = Readonly<Record<string, string>>;

interface PromtailOptions {
  readonly settings: Settings;
  readonly lokiUrl: string;
  /** What it reads in place of containers; default: the stack's containers, as the stack's own configuration has it. */
  readonly files?: LogFiles;
  /** Of the containers' daemon; only for a stack on Docker. */
  readonly dockerHost?: string;
}

/** The real Promtail with the stack's own pipeline. */
export async function startPromtail(ground: Ground, options: PromtailOptions): Promise<Product> {
  const { settings, lokiUrl, files, dockerHost } = options;
  const platform = describePlatform(settings);
  const spec = platform.logging.find(({ name }) => name === "promtail");
  const text = mountedFile(platform, "promtail", "/etc/promtail/promtail.yml");
  return ground.start({
    name: "promtail",
    program: await ensureTool(promtail),
    readyPath: "/ready",
    words: (folder, port) => {
      const config = changed(text, [
        [["server"], { http_listen_address: "127.0.0.1", http_listen_port: port, grpc_listen_port: 0 }],
        [["positions", "filename"], join(folder, "positions.yml")],
        [["clients", 0, "url"], `${lokiUrl}/loki/api/v1/push`],
        ...(files === undefined ? [] : [fromFiles(text, settings.stack, files)]),
        ...(dockerHost === undefined ? [] : [fromDaemon(dockerHost)]),
      ]);
      writeFileSync(join(folder, "promtail.yml"), config);
      return [`-config.file=${join(folder, "promtail.yml")}`, ...expanding(spec)];
    },
  });
}

function fromFiles(text: string, stack: string, files: LogFiles): Change {
  const [job] = list(at(parseDocument(text).toJS(), "scrape_configs"));
  const jobs = Object.entries(files).map(([service, path]) => ({
    job_name: service,
    pipeline_stages: at(job, "pipeline_stages"),
    static_configs: [{ labels: { service, stack, __path__: path } }],
  }));
  return [["scrape_configs"], jobs];
}

const fromDaemon = (host: string): Change => [["scrape_configs", 0, "docker_sd_configs", 0, "host"], host];
