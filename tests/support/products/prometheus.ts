import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { alertmanager, prometheus } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import { webFlags, webSecrets } from "../../../components/protection.ts";
import { settingsOf } from "../stacks.ts";
import type { Ground, Product } from "./product.ts";
import { answersProtected, inside, type Keys, writeSecrets } from "./protected.ts";

interface PrometheusOptions {
  /** Default: `prometheus`; two of them need two. */
  readonly name?: string;
  /** prometheus.yml, as a value. */
  readonly config: (folder: string) => object;
  readonly port?: number;
  readonly flags?: readonly string[] | ((folder: string) => readonly string[]);
  /** For one that is protected. */
  readonly answersSecurely?: (url: string) => Promise<true | undefined>;
}

/** The real Prometheus, with an empty store. */
export async function startPrometheus(ground: Ground, options: PrometheusOptions): Promise<Product> {
  const { name = "prometheus", config, port, flags = [], answersSecurely } = options;
  return ground.start({
    name,
    program: await ensureTool(prometheus),
    readyPath: "/-/ready",
    ...(port !== undefined && { port }),
    ...(answersSecurely && { answersSecurely }),
    words: (folder, listening) => {
      const file = join(folder, "prometheus.yml");
      writeFileSync(file, stringify(config(folder)));
      return [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${listening}`,
        ...(typeof flags === "function" ? flags(folder) : flags),
      ];
    },
  });
}

/** The real Alertmanager, alone, with that configuration (as a value); with keys, protected as production's. */
export async function startAlertmanager(
  ground: Ground,
  config: object,
  { name = "alertmanager", keys }: { readonly name?: string; readonly keys?: Keys } = {},
): Promise<Product> {
  return ground.start({
    name,
    program: await ensureTool(alertmanager),
    readyPath: "/-/ready",
    ...(keys && { answersSecurely: answersProtected(keys) }),
    words: (folder, port) => {
      const file = join(folder, "alertmanager.yml");
      writeFileSync(file, stringify(config));
      return [
        `--config.file=${file}`,
        `--storage.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--cluster.listen-address=",
        ...(keys === undefined ? [] : protectedFlags(folder, keys)),
      ];
    },
  });
}

function protectedFlags(folder: string, keys: Keys): readonly string[] {
  const production = settingsOf("prod");
  writeSecrets(folder, webSecrets(production, "alertmanager"), keys);
  return webFlags(production, "alertmanager").map((flag) => inside(folder, flag));
}

/** Of an Alertmanager that only keeps what it is told. */
export const tellsNobody = { route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] };
