import type Docker from "dockerode";
import { parse } from "yaml";
import type { WorkloadSpec } from "../../components/workload/index.ts";
import { at, text } from "../support/json.ts";
import { runIn } from "./run.ts";

/** By which a product that runs says at which level it logs. */
type Reader = (running: Docker.Container, spec: WorkloadSpec) => Promise<string | undefined>;

async function said(running: Docker.Container, ...words: readonly string[]): Promise<string> {
  const { code, output } = await runIn(running, words);
  if (code !== 0) throw new Error(`${words.join(" ")}: ${output}`);
  return output;
}

/** What its own process was given, as the kernel has it: for those that tell it nowhere else. */
const flag =
  (name: string): Reader =>
  async (running) => {
    const { Titles, Processes } = await running.top({ ps_args: "-eo pid,args" });
    const commands = Processes.map((columns: readonly string[]) => columns[Titles.length - 1]).join("\n");
    return new RegExp(`--?${name}=(\\w+)`).exec(commands)?.[1];
  };

const variable: Reader = async (running) => {
  const read = "process.stdout.write(require('fs').readFileSync('/proc/1/environ', 'utf8').replaceAll('\\0', '\\n'))";
  return /^LOG_LEVEL=(\w+)$/m.exec(await said(running, "node", "-e", read))?.[1];
};

/** What it answers by HTTP to somebody on its host. */
async function answer(running: Docker.Container, { ports }: WorkloadSpec, path: string): Promise<string> {
  const { NetworkSettings } = await running.inspect();
  const address = Object.values(NetworkSettings.Networks)[0]?.IPAddress;
  return (await fetch(`http://${address}:${ports.find(({ name }) => name === "http")?.number}${path}`)).text();
}

/** By the last part of the image's repository. */
const readers: Readonly<Record<string, Reader>> = {
  backend: variable,
  frontend: variable,
  backup: variable,
  "alert-sink": variable,
  nginx: async (running) =>
    /^error_log \S+ (\w+);$/m.exec(await said(running, "nginx", "-T", "-c", "/etc/gateway/nginx.conf"))?.[1],
  postgres: async (running, { variables }) =>
    (
      await said(
        running,
        ...["psql", "-U", variables.POSTGRES_USER ?? "", "-d", variables.POSTGRES_DB ?? ""],
        ...["-P", "pager=off", "-tAc", "show log_min_messages"],
      )
    ).trim(),
  redis: async (running) =>
    /^loglevel\s+(\w+)/m.exec(await said(running, "redis-cli", "--raw", "config", "get", "loglevel"))?.[1],
  prometheus: async (running, spec) =>
    text(at(JSON.parse(await answer(running, spec, "/api/v1/status/flags")), "data", "log.level")),
  loki: async (running, spec) => text(at(parse(await answer(running, spec, "/config")), "server", "log_level")),
  promtail: flag("log.level"),
  alertmanager: flag("log.level"),
  "node-exporter": flag("log.level"),
  "postgres-exporter": flag("log.level"),
  "blackbox-exporter": flag("log.level"),
  redis_exporter: flag("debug"),
  cadvisor: flag("v"),
};

/** The word for its level that the running product knows; undefined where it knows none. */
export async function levelIn(running: Docker.Container, spec: WorkloadSpec): Promise<string | undefined> {
  const name = spec.image.repository.split("/").at(-1) ?? "";
  const read = readers[name];
  if (read === undefined)
    throw new Error(`nobody knows how ${name} says its log level: add it to ${import.meta.filename}`);
  return read(running, spec);
}
