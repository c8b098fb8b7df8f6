import type { Command } from "../../../components/targets/tunnel.ts";
import { UserError } from "../../console/error.ts";
import { runProgram } from "../process.ts";

/** The database's administrator at work. */
export interface Administrator {
  /** Runs statements by psql and answers what they print, without headings. Throws with the server's message. */
  run(statements: string): Promise<string>;
  close(): Promise<void>;
}

/** psql's words: no start file, plain rows, an error ends it. */
export const psqlWords = ({ user, name }: { readonly user: string; readonly name: string }): readonly string[] => [
  "--no-psqlrc",
  "--quiet",
  "--tuples-only",
  "--no-align",
  "--set=ON_ERROR_STOP=1",
  `--username=${user}`,
  `--dbname=${name}`,
];

/** By a psql that a command starts; statements go by stdin. */
export function administratorBy(
  { program, words }: Command,
  environment: NodeJS.ProcessEnv = {},
  close = async (): Promise<void> => {},
): Administrator {
  return {
    run: async (statements) => {
      const ended = await runProgram({ program, words }, { input: statements, environment });
      if (ended === undefined) throw new UserError(`${program} is not on PATH: it leads to the database`);
      if (ended.code !== 0) throw new UserError(`the database refuses: ${ended.stderr.trim()}`);
      return ended.stdout.trimEnd();
    },
    close,
  };
}
