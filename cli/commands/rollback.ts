import { Command } from "commander";
import { withExamples } from "../console/examples.ts";
import { atTerminal, type TerminalOptions } from "./terminal.ts";

interface RollbackOptions extends TerminalOptions {
  readonly to?: string;
}

export function rollbackCommand(): Command {
  const command = new Command("rollback")
    .description("make a stack run an earlier release again: shows what changes, asks, does it, and asks the site")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--to <version>", "version, release tag or commit; default: the release before the one that runs")
    .option("--yes", "do not ask")
    .action((stack: string, _: unknown, own: Command) => rollback(stack, own.optsWithGlobals()));
  return withExamples(command, [
    ["rollback prod", "make prod run the release again that it ran before"],
    ["rollback prod --to v1.4.0", "this one; ./platform releases prod lists them"],
  ]);
}

const rollback = (stack: string, options: RollbackOptions): Promise<void> =>
  atTerminal(stack, "rollback", options, async (request) => {
    const { rollBack } = await import("../release/rollback.ts");
    await rollBack(request, options.to);
  });
