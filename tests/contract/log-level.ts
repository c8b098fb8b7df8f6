import type { LogLevel } from "../../components/workload/index.ts";
import { logLevels } from "../../components/workload/index.ts";
import type { Observed } from "./observed.ts";

interface Product {
  /** Where its level stands; the first group is the word. */
  readonly setting: RegExp;
  /** The word for each of DEBUG, INFO, WARNING, ERROR, from the product's own manual. */
  readonly words: readonly [string, string, string, string];
}

const lowerCase = ["debug", "info", "warn", "error"] as const;
const promFlag: Product = { setting: /^--?log\.level=(\w+)$/m, words: lowerCase };
const variable: Product = { setting: /^LOG_LEVEL=(\w+)$/m, words: ["DEBUG", "INFO", "WARNING", "ERROR"] };
/** klog: `-v` counts upwards, and has no word for "less than info". */
const klog: Product = { setting: /^--v=(\d+)$/m, words: ["4", "0", "0", "0"] };

/** By the last part of the image's repository. */
const products: Readonly<Record<string, Product>> = {
  backend: variable,
  frontend: variable,
  backup: variable,
  "alert-sink": variable,
  nginx: { setting: /^error_log \S+ (\w+);$/m, words: ["info", "info", "warn", "error"] },
  postgres: { setting: /^log_min_messages=(\w+)$/m, words: ["debug1", "info", "warning", "error"] },
  redis: { setting: /^loglevel (\w+)$/m, words: ["debug", "notice", "warning", "warning"] },
  grafana: { setting: /^GF_LOG_LEVEL=(\w+)$/m, words: lowerCase },
  // With --debug it writes its password into its log.
  redis_exporter: { setting: /^--debug=(\w+)$/m, words: ["false", "false", "false", "false"] },
  cadvisor: klog,
  "kube-state-metrics": klog,
  prometheus: promFlag,
  alertmanager: promFlag,
  loki: promFlag,
  promtail: promFlag,
  "node-exporter": promFlag,
  "postgres-exporter": promFlag,
  "blackbox-exporter": promFlag,
};

type Configuration = Pick<Observed, "image" | "args" | "variables" | "files">;

const productOf = (image: string): Product | undefined => products[/([^/:@]+):[^/]*$/.exec(image)?.[1] ?? ""];

/** Levels that look the same to the product as the one that it was given; empty where it was given none. */
export function givenLevels({ image, args, variables, files }: Configuration): Observed["logLevel"] {
  const product = productOf(image);
  if (product === undefined) return null;
  const lines = [
    ...args,
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ...Object.values(files),
  ];
  return levelsOf(product, product.setting.exec(lines.join("\n"))?.[1]);
}

/** The word by which the product of that image knows `level`; undefined for a product that nobody knows. */
export const wordFor = (image: string, level: LogLevel): string | undefined =>
  productOf(image)?.words[logLevels.indexOf(level)];

/** Levels that the product of that image cannot tell from `level`. */
export function sameLevels(image: string, level: LogLevel): Observed["logLevel"] {
  const product = productOf(image);
  return product === undefined ? null : levelsOf(product, product.words[logLevels.indexOf(level)]);
}

const levelsOf = ({ words }: Product, word: string | undefined): readonly LogLevel[] =>
  logLevels.filter((_, index) => words[index] === word);
