import type { Command } from "commander";

/** Words after `./platform`, and what they do. */
export type Example = readonly [words: string, what: string];

const examples = new WeakMap<Command, readonly Example[]>();

/** Shows examples in a command's own help; the first one also in `./platform --help`. */
export function withExamples(command: Command, shown: readonly Example[]): Command {
  examples.set(command, shown);
  return command.addHelpText("after", () => exampleText(shown));
}

/** The first example of each command, as help text. */
export const firstExamples = (commands: readonly Command[]): string =>
  exampleText(commands.flatMap((command) => (examples.get(command) ?? []).slice(0, 1)));

function exampleText(shown: readonly Example[]): string {
  const width = Math.max(...shown.map(([words]) => words.length));
  return `\nExamples:\n${shown.map(([words, what]) => `  ./platform ${words.padEnd(width)}   ${what}`).join("\n")}`;
}
