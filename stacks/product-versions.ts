import type { Product } from "../components/settings.ts";

/** Of the application's images that are built from this checkout: no release has it. */
export const checkoutVersion = "0.1.0-dev";

/**
 * Version of each third-party product unless a stack says otherwise: the tag of its maker's image, and what
 * `./platform` itself builds under tools/ (a test compares them with the Go modules' pins).
 */
export const productVersions = {
  // Newest patch of each product's line when the platform was built.
  nginx: "1.28.0-alpine",
  postgres: "17.5-alpine",
  redis: "7.4.5-alpine",
  prometheus: "v3.16.0",
  // The last line whose published Go module has the web pages in it.
  alertmanager: "v0.31.1",
  grafana: "12.1.1",
  // Loki and Promtail move together, and 3.4 is the last line whose Promtail is maintained.
  loki: "3.4.2",
  promtail: "3.4.2",
  nodeExporter: "v1.9.1",
  redisExporter: "v1.74.0",
  postgresExporter: "v0.17.1",
  blackboxExporter: "v0.27.0",
  cadvisor: "v0.52.1",
  kubeStateMetrics: "v2.17.0",
} as const satisfies Readonly<Record<Product, string>>;
