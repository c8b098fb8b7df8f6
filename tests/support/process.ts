import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A product that a test has started. */
export interface Launched {
  readonly name: string;
  readonly process: ChildProcess;
  /** File with everything that it printed. */
  readonly log: string;
}

interface Launch {
  readonly name: string;
  readonly program: string;
  readonly words: readonly string[];
  /** Where it runs, and where its log is. */
  readonly folder: string;
  /** In place of this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Starts it and does not wait: see {@link until}. */
export function launch({ name, program, words, folder, environment, user }: Launch): Launched {
  const log = join(folder, `${name}.log`);
  const child = spawn(program, words, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    ...(environment && { env: environment }),
    ...user,
  });
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  child.on("error", () => {});
  return { name, process: child, log };
}

const runs = ({ process }: Launched): boolean =>
  process.pid !== undefined && process.exitCode === null && process.signalCode === null;

/** Asks it to end, and after ten seconds makes it. */
export async function ended(launched: Launched): Promise<void> {
  if (!runs(launched)) return;
  const exit = once(launched.process, "exit");
  launched.process.kill("SIGTERM");
  // A frozen one hears it now.
  launched.process.kill("SIGCONT");
  const killed = AbortSignal.timeout(10_000);
  killed.addEventListener("abort", () => launched.process.kill("SIGKILL"));
  await exit;
}

/**
 * The first answer that is not undefined; what throws is asked again. Throws when one of `launched` has ended, or with
 * the ends of their logs after two minutes.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  { launched = [], timeoutSeconds = 120 }: { readonly launched?: readonly Launched[]; timeoutSeconds?: number } = {},
): Promise<T> {
  let last: unknown;
  for (const deadline = Date.now() + timeoutSeconds * 1000; Date.now() < deadline; await sleep(250)) {
    for (const each of launched) {
      if (!runs(each)) throw new Error(`${each.name} ended:\n${logEnd(each)}`);
    }
    const answer = await ask().catch((error: unknown) => {
      last = error;
      return undefined;
    });
    if (answer !== undefined) return answer;
  }
  throw new Error(`not in time: ${what} (${String(last)})\n${launched.map(logEnd).join("\n")}`);
}

const logEnd = ({ log }: Launched): string => {
  try {
    return readFileSync(log, "utf8").split("\n").slice(-8).join("\n");
  } catch {
    return "";
  }
};

/** True if that URL answers 2xx. */
export async function answersWell(url: string): Promise<true | undefined> {
  return (await fetch(url)).ok ? true : undefined;
}
