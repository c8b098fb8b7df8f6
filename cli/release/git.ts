import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs git in a checkout; what it printed, without the last line's end. Rejects where it fails. */
export async function git(checkout: string, ...words: readonly string[]): Promise<string> {
  const { stdout } = await execute("git", ["-C", checkout, ...words], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trimEnd();
}

/** The same for a question: undefined where git says no, or is not there. */
export const askGit = (checkout: string, ...words: readonly string[]): Promise<string | undefined> =>
  git(checkout, ...words).catch(() => undefined);
