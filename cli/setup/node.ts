import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { step } from "../console/progress.ts";
import { cacheFolder } from "./cache.ts";
import { answerOf, findProgram, runLogged } from "./program.ts";
import type { Maker, Tool } from "./tool.ts";

/** As the launcher `platform` has it. */
const version = "24.21.0";

/** nodejs.org's own build, out of its npm package: what the images of services run with. */
export const node: Tool = {
  name: "node",
  version,
  // The launcher's own, which runs this program, lies beside it in another form.
  source: "npm",
  versionOf: (program) => /^v(\d+\.\d+\.\d+)$/.exec(answerOf(program, "--version") ?? "")?.[1],
  megabytes: 300,
  wayOut: "Use a registry that has the image.",
  makers: [fromNpm()],
};

function fromNpm(): Maker {
  return async (folder, signal) => {
    const npm = findProgram("npm");
    if (npm === undefined) return "npm is missing (Debian: apt-get install npm)";
    const name = `node-linux-${process.arch}`;
    const words = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--no-save", `${name}@${version}`];
    await step(`fetching Node ${version}`, "10 s, once", () =>
      runLogged({ program: npm, words, folder, log: join(cacheFolder(), "node-npm.log"), signal }),
    );
    copyFileSync(join(folder, "node_modules", name, "bin", "node"), join(folder, "node"));
    rmSync(join(folder, "node_modules"), { recursive: true });
    return undefined;
  };
}
