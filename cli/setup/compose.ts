import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureOwn, type Tool } from "./tool.ts";

/** The version that tools/compose/go.mod pins. */
const composeVersion = "2.40.0";

/** Docker Compose as a program by itself, without the `docker` command. */
const compose: Tool = {
  name: "docker-compose",
  version: composeVersion,
  versionOf: (program) => /^v?(\d+\.\d+\.\d+)/.exec(answerOf(program, "version", "--short") ?? "")?.[1],
  megabytes: 200,
  wayOut: "Install Go 1.25 or newer (https://go.dev/dl/).",
  makers: [
    goBuild({
      name: "docker-compose",
      module: "compose",
      package: "github.com/docker/compose/v2/cmd",
      linkerFlags: `-X github.com/docker/compose/v2/internal.Version=${composeVersion}`,
      estimate: "2 minutes on two cores, once",
    }),
  ],
};

/** Path of Docker Compose, of this version whatever the machine has. */
export const ensureCompose = (): Promise<string> => ensureOwn(compose);
