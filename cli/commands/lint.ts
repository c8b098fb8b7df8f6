import { join } from "node:path";
import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { run } from "../console/run.ts";
import { root } from "../root.ts";

export function lintCommand(): Command {
  return withExamples(
    new Command("lint")
      .description("check style (Biome), types (tsc) and that no files import each other in a circle")
      .option("--fix", "mend what Biome can mend")
      .action(({ fix }: { fix?: boolean }) => lint(fix ?? false)),
    [["lint --fix", "style, types, import circles; what can be mended is"]],
  );
}

/** Every check runs, so that one run shows everything. */
async function lint(fix: boolean): Promise<void> {
  const tool = (name: string, ...words: readonly string[]) => run(join(root, "node_modules", ".bin", name), words);
  const pretty = ["--pretty", String(process.stdout.isTTY ?? false)];
  const types = tool("tsc", "--noEmit", ...pretty);
  const page = tool("tsc", "--project", join(root, "services/frontend/page"), ...pretty);
  const style = await tool("biome", "check", "--error-on-warnings", ...(fix ? ["--write"] : []), ".");
  const { cyclesIn, importsOf } = await import("../lint/cycles.ts");
  const cycles = cyclesIn(importsOf(root));
  for (const cycle of cycles) console.log(`import circle: ${[...cycle, cycle[0]].join(" → ")}`);
  const failed = [
    style !== 0 && "style (./platform lint --fix mends most)",
    (await types) !== 0 && "types",
    (await page) !== 0 && "types of the frontend's page",
    cycles.length > 0 && "import circles",
  ].filter((check) => check !== false);
  if (failed.length > 0) throw new UserError(`lint failed: ${failed.join(", ")}`);
  console.log("style, types and imports are clean");
}
