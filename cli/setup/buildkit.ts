import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureOwn, type Tool } from "./tool.ts";

/** What tools/buildkit/go.mod pins: the one that buildx 0.38 is made with. */
const version = "0.34.2";

/** Builds what buildx asks for, for the tests: in the pipeline it is a container of buildx's own. */
const buildkit: Tool = {
  name: "buildkitd",
  version,
  versionOf: (program) => / v(\d+\.\d+\.\d+)/.exec(answerOf(program, "--version") ?? "")?.[1],
  megabytes: 1500,
  wayOut: "Install Go 1.26 or newer (https://go.dev/dl/).",
  makers: [
    goBuild({
      name: "buildkitd",
      module: "buildkit",
      package: "github.com/moby/buildkit/cmd/buildkitd",
      linkerFlags: `-X github.com/moby/buildkit/version.Version=v${version}`,
      estimate: "2 minutes on two cores, once",
    }),
  ],
};

/** Path of exactly that version. */
export const ensureBuildkit = (): Promise<string> => ensureOwn(buildkit);
