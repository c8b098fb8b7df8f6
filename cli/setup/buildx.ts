import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureOwn, type Tool } from "./tool.ts";

/** What tools/buildx/go.mod pins. */
const version = "0.38.2";

/** Copies images by digest as the pipeline does, for the tests: a plugin of Docker's client that needs no daemon for it. */
const buildx: Tool = {
  name: "buildx",
  version,
  versionOf: (program) => / v(\d+\.\d+\.\d+)/.exec(answerOf(program, "version") ?? "")?.[1],
  megabytes: 1500,
  wayOut: "Install Go 1.26 or newer (https://go.dev/dl/).",
  makers: [
    goBuild({
      name: "buildx",
      module: "buildx",
      package: "github.com/docker/buildx/cmd/buildx",
      linkerFlags: `-X github.com/docker/buildx/version.Version=v${version}`,
      estimate: "2 minutes on two cores, once",
    }),
  ],
};

/** Path of exactly that version. */
export const ensureBuildx = (): Promise<string> => ensureOwn(buildx);
