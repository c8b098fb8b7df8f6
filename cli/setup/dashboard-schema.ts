import { goBuild, sourceHash } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureOwn, type Tool } from "./tool.ts";

/** What tools/dashboard-schema/go.mod pins of the Grafana foundation SDK. */
const version = "0.0.22";

/** Reads Grafana's dashboards strictly, by the types that are generated from Grafana's own schemas. */
const dashboardSchema: Tool = {
  name: "dashboard-schema",
  version,
  source: sourceHash("dashboard-schema"),
  versionOf: (program) => /^dashboard-schema version (\d+\.\d+\.\d+)$/.exec(answerOf(program, "--version") ?? "")?.[1],
  megabytes: 100,
  wayOut: "Install Go 1.25 or newer (https://go.dev/dl/).",
  makers: [
    goBuild({
      name: "dashboard-schema",
      module: "dashboard-schema",
      package: ".",
      linkerFlags: `-X main.version=${version}`,
      estimate: "1 minute on two cores, once",
    }),
  ],
};

/** Path of exactly that version: another knows other fields. */
export const ensureDashboardSchema = (): Promise<string> => ensureOwn(dashboardSchema);
