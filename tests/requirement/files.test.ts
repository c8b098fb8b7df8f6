import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { monitoringFiles } from "../../cli/render/monitoring.ts";
import { root } from "../../cli/root.ts";

/** Section 2 of the requirement: files under the names that it lists. */
const rendered = [
  ["prometheus", "monitoring/prometheus.yml"],
  ["rules", "monitoring/alert.rules"],
  ["alertmanager", "monitoring/alertmanager.yml"],
  ["loki", "monitoring/loki-config.yml"],
  ["promtail", "monitoring/promtail-config.yml"],
  ["grafana", "monitoring/grafana/provisioning/datasources/datasources.yml"],
] as const;

test.each(rendered)("what dev mounts is in its file [requirement file/%s]", async (_, path) => {
  const made = monitoringFiles().find((file) => file.path === path);
  expect(readFileSync(join(root, path), "utf8")).toBe(await made?.render());
});
