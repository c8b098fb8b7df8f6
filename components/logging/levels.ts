import { type Product, products } from "../settings.ts";
import type { LogLevel } from "../workload/index.ts";

/** Products that take a log level, each in words of its own. */
const loggingProducts = ["backend", ...products] as const;
export type LoggingProduct = "backend" | Product;

type Words = Readonly<Record<LogLevel, string>>;

/** Prometheus, Alertmanager, Loki, Promtail and the exporters of that family: `--log.level`. */
const prometheusFamily: Words = { DEBUG: "debug", INFO: "info", WARNING: "warn", ERROR: "error" };

const words: Readonly<Record<LoggingProduct, Words>> = {
  /** `LOG_LEVEL` */
  backend: { DEBUG: "DEBUG", INFO: "INFO", WARNING: "WARNING", ERROR: "ERROR" },
  /** `error_log`; `debug` needs a special build, so INFO is the most it says (nginx.org "A debugging log"). */
  nginx: { DEBUG: "info", INFO: "info", WARNING: "warn", ERROR: "error" },
  /** `log_min_messages` */
  postgres: { DEBUG: "debug1", INFO: "info", WARNING: "warning", ERROR: "error" },
  /** `loglevel`: knows no level above warning. */
  redis: { DEBUG: "debug", INFO: "notice", WARNING: "warning", ERROR: "warning" },
  prometheus: prometheusFamily,
  alertmanager: prometheusFamily,
  /** `GF_LOG_LEVEL` */
  grafana: prometheusFamily,
  loki: prometheusFamily,
  promtail: prometheusFamily,
  nodeExporter: prometheusFamily,
  /** `--debug`: it knows no more than that (the levels came after 1.74), and with it writes Redis' password into its log. */
  redisExporter: { DEBUG: "false", INFO: "false", WARNING: "false", ERROR: "false" },
  postgresExporter: prometheusFamily,
  blackboxExporter: prometheusFamily,
  /** klog `-v` and `--stderrthreshold` count: 4 is debug, 0 is information and above. */
  cadvisor: { DEBUG: "4", INFO: "0", WARNING: "0", ERROR: "0" },
  kubeStateMetrics: { DEBUG: "4", INFO: "0", WARNING: "0", ERROR: "0" },
};

/** The word by which a product knows the environment's level. */
export const levelWord = (product: LoggingProduct, level: LogLevel): string => words[product][level];

/** The environment's level in every product's words. */
export function levelWords(level: LogLevel): Readonly<Record<string, string>> {
  return Object.fromEntries(loggingProducts.map((product) => [product, levelWord(product, level)]));
}
