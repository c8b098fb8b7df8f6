import { delimiter, dirname, join } from "node:path";
import { Command, Option } from "commander";
import { withExamples } from "../console/examples.ts";
import { run } from "../console/run.ts";
import { root } from "../root.ts";

const sizes = ["ci", "issue"] as const;

interface TestOptions {
  readonly full?: boolean;
  readonly size: (typeof sizes)[number];
}

export function testCommand(): Command {
  const command = new Command("test")
    .description("run the quick tests, with coverage; --full: those that need real products instead")
    .option("--full", "the full tier (x.full.test.ts); it does not repeat the quick one (x.test.ts)")
    .addOption(new Option("--size <size>", "how large the tests are that come in sizes").choices(sizes).default("ci"))
    .argument("[words...]", "file filters and options of vitest")
    .allowUnknownOption()
    .action((words: string[], options: TestOptions) => test(words, options));
  return withExamples(command, [
    ["test", "the quick tests, a few minutes"],
    ["test policies -t rollback", "the tests in policies/ whose name contains rollback"],
    ["test --full --size=issue", "the full tier, as large as it gets"],
  ]);
}

/** The reporter in tests/support/ prints the counts; its exit code says the rest. */
async function test(words: readonly string[], { full, size }: TestOptions): Promise<void> {
  const { ensurePulumi } = await import("../setup/pulumi.ts");
  const path = [dirname(await ensurePulumi()), process.env.PATH].join(delimiter);
  // Figures of a part of the tests would say nothing about coverage.
  const coverage = words.length === 0 ? ["--coverage"] : [];
  const tier = full ? ["--project", "full", "--passWithNoTests"] : ["--project", "quick", ...coverage];
  const vitest = join(root, "node_modules", ".bin", "vitest");
  process.exitCode = await run(vitest, ["run", ...tier, ...words], { PATH: path, TEST_SIZE: size });
}
