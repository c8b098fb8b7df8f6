import { createInterface } from "node:readline/promises";
import { UserError } from "../console/error.ts";

export interface Question {
  readonly stack: string;
  /** What will happen, as in "destroy". */
  readonly operation: string;
  /** The stack's name must be typed: a "y" is too easily given. */
  readonly byName: boolean;
  readonly yes: boolean;
  readonly input?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output?: NodeJS.WritableStream;
}

/** Asks before a deployment. Throws a UserError where there is no terminal to ask on. */
export async function confirmed({ stack, operation, byName, yes, ...streams }: Question): Promise<boolean> {
  if (yes) return true;
  const { input = process.stdin, output = process.stderr } = streams;
  if (!input.isTTY) {
    throw new UserError(
      `${operation} ${stack} was not confirmed: there is no terminal to ask on; --yes says it in advance`,
    );
  }
  const words = byName ? `type the stack's name to ${operation} it: ` : `${operation} ${stack}? [y/N] `;
  const terminal = createInterface({ input, output });
  const gaveUp = new AbortController();
  for (const event of ["SIGINT", "close"] as const) terminal.on(event, () => gaveUp.abort());
  try {
    const answer = (await terminal.question(words, { signal: gaveUp.signal })).trim();
    return byName ? answer === stack : /^y(es)?$/i.test(answer);
  } catch (error) {
    if (gaveUp.signal.aborted) return false;
    throw error;
  } finally {
    terminal.close();
  }
}
