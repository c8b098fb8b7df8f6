import { dirname, join } from "node:path";
import { Command, Option } from "commander";
import { UserError } from "../console/error.ts";
import { run } from "../console/run.ts";
import { root } from "../root.ts";

const sizes = ["ci", "issue"] as const;

export function testCommand(): Command {
  return new Command("test")
    .description("run the quick tests; with --full those that need real products instead (CI runs both)")
    .option("--full", "the full tier: real products, end to end")
    .addOption(new Option("--size <size>", "how large the full tier's tests are").choices(sizes).default("ci"))
    .argument("[words...]", "file filters and options of vitest")
    .allowUnknownOption()
    .action(async (words: string[], { full, size }: { full?: boolean; size: (typeof sizes)[number] }) => {
      const { ensurePulumi } = await import("../setup/pulumi.ts");
      const engine = await ensurePulumi();
      const path = engine.includes("/") ? `${dirname(engine)}:${process.env.PATH}` : (process.env.PATH ?? "");
      const tier = full ? ["--project", "full", "--passWithNoTests"] : ["--project", "quick", "--coverage"];
      const code = await run(join(root, "node_modules", ".bin", "vitest"), ["run", ...tier, ...words], {
        PATH: path,
        TEST_SIZE: size,
      });
      if (code !== 0) throw new UserError("tests failed; the lines above say which");
    });
}
