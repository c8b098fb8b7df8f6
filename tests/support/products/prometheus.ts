import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { alertmanager, prometheus } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import type { Ground, Product } from "./product.ts";

interface PrometheusOptions {
  /** Default: `prometheus`; two of them need two. */
  readonly name?: string;
  /** prometheus.yml, as a value. */
  readonly config: (folder: string) => object;
  readonly port?: number;
  readonly flags?: readonly string[];
}

/** The real Prometheus, with an empty store. */
export async function startPrometheus(ground: Ground, options: PrometheusOptions): Promise<Product> {
  const { name = "prometheus", config, port, flags = [] } = options;
  return ground.start({
    name,
    program: await ensureTool(prometheus),
    readyPath: "/-/ready",
    ...(port !== undefined && { port }),
    words: (folder, listening) => {
      const file = join(folder, "prometheus.yml");
      writeFileSync(file, stringify(config(folder)));
      return [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${listening}`,
        ...flags,
      ];
    },
  });
}

/** The real Alertmanager, alone, with that configuration (as a value). */
export async function startAlertmanager(ground: Ground, config: object, name = "alertmanager"): Promise<Product> {
  return ground.start({
    name,
    program: await ensureTool(alertmanager),
    readyPath: "/-/ready",
    words: (folder, port) => {
      const file = join(folder, "alertmanager.yml");
      writeFileSync(file, stringify(config));
      return [
        `--config.file=${file}`,
        `--storage.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--cluster.listen-address=",
      ];
    },
  });
}

/** Of an Alertmanager that only keeps what it is told. */
export const tellsNobody = { route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] };
