import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { run } from "../console/run.ts";
import { root } from "../root.ts";

export function lintCommand(): Command {
  return withExamples(
    new Command("lint")
      .description("check style (Biome), types (tsc), import circles and the npm packages of the lock file")
      .option("--fix", "mend what Biome can mend")
      .option("--audit", "ask the npm registry for known weaknesses too")
      .action((options: LintOptions) => lint(options)),
    [
      ["lint --fix", "style, types, import circles, packages; what can be mended is"],
      ["lint --audit", "and what the registry knows of the packages' weaknesses"],
    ],
  );
}

interface LintOptions {
  readonly fix?: boolean;
  readonly audit?: boolean;
}

/** Every check runs, so that one run shows everything. */
async function lint({ fix = false, audit = false }: LintOptions): Promise<void> {
  const tool = (name: string, ...words: readonly string[]) => run(join(root, "node_modules", ".bin", name), words);
  const pretty = ["--pretty", String(process.stdout.isTTY ?? false)];
  const types = tool("tsc", "--noEmit", ...pretty);
  const page = tool("tsc", "--project", join(root, "services/frontend/page"), ...pretty);
  const style = await tool("biome", "check", "--error-on-warnings", ...(fix ? ["--write"] : []), ".");
  const { cyclesIn, importsOf } = await import("../lint/cycles.ts");
  const cycles = cyclesIn(importsOf(root));
  for (const cycle of cycles) console.log(`import circle: ${[...cycle, cycle[0]].join(" → ")}`);
  const { lockProblems } = await import("../lint/lock.ts");
  const lockFile = readFileSync(join(root, "package-lock.json"), "utf8");
  const packages = [...lockProblems(lockFile, [process.versions.node]), ...(audit ? await weaknesses() : [])];
  for (const problem of packages) console.log(problem);
  const failed = [
    style !== 0 && "style (./platform lint --fix mends most)",
    (await types) !== 0 && "types",
    (await page) !== 0 && "types of the frontend's page",
    cycles.length > 0 && "import circles",
    packages.length > 0 && "packages",
  ].filter((check) => check !== false);
  if (failed.length > 0) throw new UserError(`lint failed: ${failed.join(", ")}`);
  console.log("style, types, imports and packages are clean");
}

/** A registry that cannot be asked fails nothing, and is not passed over in silence. */
async function weaknesses(): Promise<readonly string[]> {
  const { audit } = await import("../lint/audit.ts");
  const told = await audit();
  if (told.kind === "weak") return told.problems;
  console.log(
    told.kind === "clean"
      ? `the registry knows of nothing serious in the packages, and of ${told.told} lesser weaknesses`
      : `npm audit could not be asked: ${told.why}`,
  );
  return [];
}
