import { Command, CommanderError } from "commander";
import { nearest } from "../stacks/nearest.ts";
import { commands } from "./commands/index.ts";
import { UserError } from "./console/error.ts";

const examples = `
Examples:
  ./platform preview                 all stacks, policies enforced, no credentials needed
  ./platform settings prod           what prod is made of, and where each value comes from
  ./platform test                    the quick tests
  ./platform doctor                  what is installed, what is missing for which command`;

const platform = new Command("./platform")
  .description("Deploys a trading application, with its monitoring, logs and alerts, to Docker, AWS ECS or Kubernetes.")
  .option("--verbose", "print the stack trace of an unexpected error")
  .addHelpText("after", examples)
  .showSuggestionAfterError()
  .exitOverride()
  .action((_, command: Command) => {
    const [word] = command.args;
    if (word === undefined) {
      command.outputHelp();
      return;
    }
    const meant = nearest(
      word,
      commands.map((make) => make().name()),
    );
    throw new UserError(
      `there is no command "${word}"${meant === undefined ? "" : `; did you mean "${meant}"?`} See ./platform --help`,
      2,
    );
  })
  .allowExcessArguments();
for (const make of commands) platform.addCommand(make().exitOverride());

try {
  await platform.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Prints what went wrong, once, and says with which code to end. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UserError) {
    console.error(`platform: ${error.message}`);
    return error.exitCode;
  }
  const verbose = process.argv.includes("--verbose");
  const message = error instanceof Error ? (verbose ? error.stack : error.message) : String(error);
  console.error(`platform: unexpected error: ${message}${verbose ? "" : "\n(--verbose prints where)"}`);
  return 1;
}
