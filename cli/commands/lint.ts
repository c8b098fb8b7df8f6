import { join } from "node:path";
import { Command } from "commander";
import { run } from "../console/run.ts";
import { root } from "../root.ts";

export function lintCommand(): Command {
  return new Command("lint")
    .description("check style (Biome) and types (tsc)")
    .option("--fix", "mend what Biome can mend")
    .action(async ({ fix }: { fix?: boolean }) => {
      const bin = (tool: string) => join(root, "node_modules", ".bin", tool);
      const style = await run(bin("biome"), ["check", ...(fix ? ["--write"] : []), "."]);
      const types = await run(bin("tsc"), ["--noEmit"]);
      process.exitCode = style || types;
    });
}
