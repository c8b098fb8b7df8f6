import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { productVersions } from "../../stacks/product-versions.ts";
import { root } from "../root.ts";
import { promtool } from "./monitoring.ts";

/** Where each product that we build is pinned; Prometheus numbers its Go module 0.x for its own 3.x. */
const pins = {
  prometheus: ["prometheus", "github.com/prometheus/prometheus", productVersions.prometheus.replace(/^v3\./, "v0.3")],
  alertmanager: ["alertmanager", "github.com/prometheus/alertmanager", productVersions.alertmanager],
  loki: ["loki", "github.com/grafana/loki/v3", `v${productVersions.loki}`],
  promtail: ["loki", "github.com/grafana/loki/v3", `v${productVersions.promtail}`],
  nodeExporter: ["exporters", "github.com/prometheus/node_exporter", productVersions.nodeExporter],
  redisExporter: ["exporters", "github.com/oliver006/redis_exporter", productVersions.redisExporter],
  postgresExporter: [
    "exporters",
    "github.com/prometheus-community/postgres_exporter",
    productVersions.postgresExporter,
  ],
  blackboxExporter: ["exporters", "github.com/prometheus/blackbox_exporter", productVersions.blackboxExporter],
  cadvisor: ["cadvisor", "github.com/google/cadvisor", productVersions.cadvisor],
} as const;

test.each(Object.entries(pins))("%s is built in the version that the stacks run", (_, [module, path, version]) => {
  const pinned = readFileSync(join(root, "tools", module, "go.mod"), "utf8");
  expect(pinned.split("\n").map((line) => line.trim().replace(/^require /, ""))).toContain(`${path} ${version}`);
});

test("a tool's version is the product's, without the tag's v", () => {
  expect(`v${promtool.version}`).toBe(productVersions.prometheus);
});
