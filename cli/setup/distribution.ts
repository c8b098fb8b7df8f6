import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureOwn, type Tool } from "./tool.ts";

/** What tools/distribution/go.mod pins. */
const version = "3.1.2";

/** A real image registry: the tests copy images to it and delete them from it. */
const distribution: Tool = {
  name: "registry",
  version,
  versionOf: (program) => / v(\d+\.\d+\.\d+)$/.exec(answerOf(program, "--version") ?? "")?.[1],
  megabytes: 200,
  wayOut: "Install Go 1.26 or newer (https://go.dev/dl/).",
  makers: [
    goBuild({
      name: "registry",
      module: "distribution",
      package: "github.com/distribution/distribution/v3/cmd/registry",
      linkerFlags: `-X github.com/distribution/distribution/v3/version.version=v${version}`,
      estimate: "2 minutes on two cores, once",
    }),
  ],
};

/** Path of exactly that version. */
export const ensureDistribution = (): Promise<string> => ensureOwn(distribution);
