import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureOwn, type Tool } from "./tool.ts";

/** What tools/actionlint/go.mod pins. */
const version = "1.7.12";

/** Judges the pipeline of GitHub Actions. */
const actionlint: Tool = {
  name: "actionlint",
  version,
  versionOf: (program) => /^v?(\d+\.\d+\.\d+)/.exec(answerOf(program, "-version") ?? "")?.[1],
  megabytes: 30,
  wayOut: "Install Go 1.25 or newer (https://go.dev/dl/).",
  makers: [
    goBuild({
      name: "actionlint",
      module: "actionlint",
      package: "github.com/rhysd/actionlint/cmd/actionlint",
      linkerFlags: `-X github.com/rhysd/actionlint.version=${version}`,
      estimate: "10 s on two cores, once",
    }),
  ],
};

/** Path of exactly that version: another knows other keys. */
export const ensureActionlint = (): Promise<string> => ensureOwn(actionlint);
