import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "../console/error.ts";
import { say } from "../console/progress.ts";
import { diskFull, requireSpace, saysDiskFull } from "./disk.ts";
import { locked } from "./lock.ts";

/** Where tools are kept, outside the checkout: `TRADING_PLATFORM_CACHE`, else the user's cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { TRADING_PLATFORM_CACHE, XDG_CACHE_HOME } = environment;
  return TRADING_PLATFORM_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "trading-platform");
}

/** Something that is made once and kept. */
export interface Cached {
  /** Name and version: the folder's name. */
  readonly key: string;
  /** Whether what is there works; a damaged one is made anew. */
  readonly works: (folder: string) => boolean;
  /** Puts it into an empty folder; what it leaves half done is thrown away. `signal`: Ctrl-C. */
  readonly make: (folder: string, signal: AbortSignal) => Promise<void>;
  /** Space that making it takes on the cache's disk, in MB; 500 unless said. */
  readonly megabytes?: number;
}

/** The folder of what is kept, made if it is missing or damaged; two callers at once wait for each other. */
export async function cached({ key, works, make, megabytes = 500 }: Cached, cache = cacheFolder()): Promise<string> {
  const folder = join(cache, key);
  if (existsSync(folder) && works(folder)) return folder;
  makeFolder(cache);
  const makeAlone = async (signal: AbortSignal): Promise<string> => {
    if (existsSync(folder) && works(folder)) return folder;
    if (existsSync(folder)) say(`${key} in the cache is damaged; it is made anew`);
    for (const rest of readdirSync(cache).filter((name) => name === key || name.startsWith(`${key}.tmp-`))) {
      rmSync(join(cache, rest), { recursive: true, force: true });
    }
    requireSpace(cache, megabytes, key);
    const work = mkdtempSync(join(cache, `${key}.tmp-`));
    try {
      await make(work, signal);
      signal.throwIfAborted();
      if (!works(work)) throw new UserError(`${key} was made, but does not run on this system`);
      renameSync(work, folder);
      return folder;
    } catch (error) {
      throw error instanceof Error && saysDiskFull(error.message) ? diskFull(cache, `making ${key} failed`) : error;
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  };
  return interruptible((signal) => locked(join(cache, `${key}.lock`), () => makeAlone(signal), signal));
}

function makeFolder(cache: string): void {
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`cannot write to the cache (${why}); set TRADING_PLATFORM_CACHE to a folder of yours`);
  }
}

/** Gives `action` a signal that Ctrl-C aborts, so that it can tidy up instead of dying half way. */
export async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (): void => controller.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await action(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    throw new UserError("interrupted; nothing is left half done", 130);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
