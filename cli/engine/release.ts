import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { runCommand } from "./command.ts";
import type { LiveStack } from "./live.ts";

/** What a stack was made of at some update: enough to make it so again. */
export interface Release {
  /** The stack's configuration, by whole keys (`trading-platform:images`, `docker:host`); without what is or holds a secret. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The commit whose program it was; undefined where the checkout differed from its commit. */
  readonly commit: string | undefined;
  /** When it was deployed, ISO 8601. */
  readonly at: string;
}

const execute = promisify(execFile);

/** The checkout's commit; undefined where files differ from it, or there is no git. */
export async function checkedOutCommit(directory: string): Promise<string | undefined> {
  const git = async (...words: string[]) => (await execute("git", ["-C", directory, ...words])).stdout.trim();
  try {
    // The record of releases is not the program: a run is told which release it is about.
    if ((await git("status", "--porcelain", "--", ".", ":(exclude)stacks/releases")) !== "") return undefined;
    return await git("rev-parse", "HEAD");
  } catch {
    return undefined;
  }
}

/** What an update leaves in the stack's history as its message, so that {@link lastGoodRelease} finds the program again. */
export const releaseMessage = (commit: string | undefined): string =>
  commit === undefined ? "./platform up, of a checkout with changes" : `./platform up at ${commit}`;

const history = z.array(
  z.object({
    kind: z.string(),
    result: z.string(),
    startTime: z.string(),
    message: z.string().default(""),
    config: z.record(
      z.string(),
      z.object({ value: z.unknown().optional(), objectValue: z.unknown().optional(), secret: z.boolean() }),
    ),
  }),
);

/** The newest update in the stack's history that came to its end; undefined for none. */
export async function lastGoodRelease(live: LiveStack): Promise<Release | undefined> {
  const { pulumi, stack, workDirectory, environment } = live;
  // The engine keeps every update; the good one is rarely far.
  const words = ["stack", "history", "--stack", stack, "--json", "--page-size", "100", "--page", "1"];
  const { stdout } = await runCommand(pulumi, words, workDirectory, environment);
  return releaseIn(stdout);
}

/** Reads what `pulumi stack history --json` prints, newest first. */
export function releaseIn(json: string): Release | undefined {
  const good = history.parse(JSON.parse(json)).find(({ kind, result }) => kind === "update" && result === "succeeded");
  if (good === undefined) return undefined;
  const plain = Object.entries(good.config).filter(([, { secret }]) => !secret);
  return {
    config: Object.fromEntries(plain.map(([key, { value, objectValue }]) => [key, objectValue ?? value])),
    commit: / at ([0-9a-f]{40})$/.exec(good.message)?.[1],
    at: good.startTime,
  };
}
