import { goBuild, sourceHash } from "./go.ts";
import { answerOf } from "./program.ts";
import type { Tool } from "./tool.ts";

/** Raised when the words that tools/probe takes change. */
const probeVersion = "1.0.0";

/** The platform's own health check for images that have neither shell nor wget. */
export const probe: Tool = {
  name: "probe",
  version: probeVersion,
  source: sourceHash("probe"),
  versionOf: (program) => /^probe version (\d+\.\d+\.\d+)$/.exec(answerOf(program, "--version") ?? "")?.[1],
  megabytes: 100,
  wayOut: "Install Go 1.25 or newer (https://go.dev/dl/).",
  makers: [
    goBuild({
      name: "probe",
      module: "probe",
      package: ".",
      linkerFlags: `-X main.version=${probeVersion}`,
      estimate: "30 s on two cores, once",
    }),
  ],
};
