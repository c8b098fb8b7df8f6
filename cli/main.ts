import { Command, CommanderError } from "commander";
import { SettingsError } from "../stacks/error.ts";
import { nearest } from "../stacks/nearest.ts";
import { commands } from "./commands/index.ts";
import { UserError } from "./console/error.ts";
import { firstExamples } from "./console/examples.ts";

const made = commands.map((make) => make());

const platform = new Command("./platform")
  .description("Deploys a trading application, with its monitoring, logs and alerts, to Docker, AWS ECS or Kubernetes.")
  .option("--verbose", "print the stack trace of an unexpected error")
  .addHelpText("after", firstExamples(made))
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
      made.map((each) => each.name()),
    );
    const hint = meant === undefined ? "./platform --help lists them" : `did you mean "${meant}"?`;
    throw new UserError(`there is no command "${word}"; ${hint}`, 2);
  })
  .allowExcessArguments();
for (const each of made) platform.addCommand(each.exitOverride());

// `./platform preview | head` ends when head does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

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
  // A mistake in a stack file is a person's as well.
  if (error instanceof SettingsError) {
    console.error(`platform: ${error.message}`);
    return 1;
  }
  const verbose = process.argv.includes("--verbose");
  const message = error instanceof Error ? (verbose ? error.stack : error.message) : String(error);
  console.error(`platform: unexpected error: ${message}${verbose ? "" : "\n(--verbose prints where)"}`);
  return 1;
}
