import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tools from "../setup/monitoring.ts";
import { probe as probeTool } from "../setup/probe.ts";
import type { Tool } from "../setup/tool.ts";
import { busybox, certificates, file, folder, program, system } from "./parts.ts";
import type { Difference, ImageConfig, ImageName, Part, Recipe } from "./recipe.ts";

const nobody = [65_534, 65_534] as const;

/** The images of the Prometheus project and its like: a busybox with the program in /bin, as nobody. */
interface InBusybox {
  readonly name: ImageName;
  readonly tool: Tool;
  readonly path: string;
  readonly parts?: readonly Part[];
  readonly config: Omit<ImageConfig, "entrypoint">;
  readonly differences?: readonly Difference[];
}

const inBusybox = ({ name, tool, path, parts = [], config, differences = [] }: InBusybox): Recipe => ({
  name,
  version: tool.version,
  parts: [...system(), ...busybox, ...certificates, program(tool, path), ...parts],
  config: { entrypoint: [path], ...config },
  differences,
});

/** Prometheus takes pages that are not compiled in from below its working folder, if that is called so (its web/ui/ui.go). */
const pagesFolder = "/usr/share/prometheus";

export const prometheus = inBusybox({
  name: "prometheus",
  tool: tools.prometheus,
  path: "/bin/prometheus",
  parts: [
    program(tools.promtool, "/bin/promtool"),
    folder("/etc/prometheus", nobody),
    folder("/prometheus", nobody),
    file(
      `${pagesFolder}/web/ui/static/mantine-ui/index.html`,
      readFileSync(join(import.meta.dirname, "prometheus-page.html"), "utf8"),
    ),
  ],
  config: {
    command: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
    user: "nobody",
    workingFolder: pagesFolder,
    ports: [9090],
    volumes: ["/prometheus"],
  },
  differences: [
    {
      what: "one page of the platform's in place of its own: a query, alerts, targets; the API and /metrics are whole",
      why: "the published Go module has not the compiled pages",
    },
    {
      what: "service discovery by files, DNS, HTTP, Docker, Kubernetes and AWS only",
      why: "the others' modules cannot be had everywhere, and the platform uses none of them",
    },
    { what: "no example prometheus.yml", why: "the stack brings its own" },
  ],
});

export const alertmanager = inBusybox({
  name: "alertmanager",
  tool: tools.alertmanager,
  path: "/bin/alertmanager",
  parts: [program(tools.amtool, "/bin/amtool"), folder("/etc/alertmanager", nobody), folder("/alertmanager", nobody)],
  config: {
    command: ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"],
    user: "nobody",
    workingFolder: "/alertmanager",
    ports: [9093],
    volumes: ["/alertmanager"],
  },
  differences: [{ what: "no example alertmanager.yml", why: "the stack brings its own" }],
});

export const nodeExporter = inBusybox({
  name: "nodeExporter",
  tool: tools.nodeExporter,
  path: "/bin/node_exporter",
  config: { user: "nobody", ports: [9100] },
});

export const postgresExporter = inBusybox({
  name: "postgresExporter",
  tool: tools.postgresExporter,
  path: "/bin/postgres_exporter",
  config: { user: "nobody", ports: [9187] },
});

export const blackboxExporter = inBusybox({
  name: "blackboxExporter",
  tool: tools.blackboxExporter,
  path: "/bin/blackbox_exporter",
  parts: [folder("/etc/blackbox_exporter")],
  config: { command: ["--config.file=/etc/blackbox_exporter/config.yml"], ports: [9115] },
  differences: [{ what: "no example config.yml", why: "the stack brings its own" }],
});

const lokiUser = [10_001, 10_001] as const;

export const loki: Recipe = {
  name: "loki",
  version: tools.loki.version,
  parts: [
    ...system({ name: "loki", uid: lokiUser[0], gid: lokiUser[1] }),
    ...busybox,
    ...certificates,
    program(tools.loki, "/usr/bin/loki"),
    folder("/etc/loki", lokiUser),
    folder("/loki", lokiUser),
    folder("/loki/rules", lokiUser),
    folder("/loki/rules-temp", lokiUser),
  ],
  config: {
    entrypoint: ["/usr/bin/loki"],
    command: ["-config.file=/etc/loki/local-config.yaml"],
    user: "10001",
    ports: [3100],
  },
  differences: [{ what: "no example local-config.yaml", why: "the stack brings its own" }],
};

export const promtail: Recipe = {
  name: "promtail",
  version: tools.promtail.version,
  parts: [...system(), ...certificates, program(tools.promtail, "/usr/bin/promtail"), folder("/etc/promtail")],
  config: { entrypoint: ["/usr/bin/promtail"], command: ["-config.file=/etc/promtail/config.yml"] },
  differences: [
    {
      what: "does not read systemd's journal",
      why: "that needs cgo and systemd's library; the platform reads containers' logs only",
    },
    { what: "neither shell nor tools", why: "the platform's probe brings its own program, as for later official ones" },
    { what: "no example config.yml", why: "the stack brings its own" },
  ],
};

export const redisExporter: Recipe = {
  name: "redisExporter",
  version: tools.redisExporter.version,
  parts: [...certificates, file("/etc/passwd", ""), program(tools.redisExporter, "/redis_exporter")],
  config: { entrypoint: ["/redis_exporter"], user: "59000:59000", ports: [9121] },
  differences: [],
};

export const cadvisor: Recipe = {
  name: "cadvisor",
  version: tools.cadvisor.version,
  parts: [...system(), ...busybox, program(tools.cadvisor, "/usr/bin/cadvisor")],
  config: { entrypoint: ["/usr/bin/cadvisor", "-logtostderr"], ports: [8080] },
  differences: [
    {
      what: "a main program of our own (tools/cadvisor) around the published library: /metrics and /healthz for Docker's containers, no web pages, no API, no other container runtimes, no metrics of clouds",
      why: "the official main program is in no published Go module",
    },
    { what: "without the tools for ZFS, device mapper and performance events", why: "the platform uses none of them" },
  ],
};

/** The platform's own: nothing official to differ from. */
export const probe: Recipe = {
  name: "probe",
  version: probeTool.version,
  parts: [program(probeTool, "/probe/probe")],
  config: { entrypoint: ["/probe/probe"] },
  differences: [],
};
