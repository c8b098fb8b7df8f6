import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../console/error.ts";

/** Where tools are kept, outside the checkout: `TRADING_PLATFORM_CACHE`, else the user's cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { TRADING_PLATFORM_CACHE, XDG_CACHE_HOME } = environment;
  return TRADING_PLATFORM_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "trading-platform");
}

interface Cached {
  /** Name and version: the key. */
  readonly key: string;
  /** Whether what is there works; a damaged one is made anew. */
  readonly works: (folder: string) => boolean;
  /** Puts it into an empty folder; what it leaves half done is thrown away. */
  readonly make: (folder: string) => Promise<void>;
}

/** The folder of a tool, made if it is missing or damaged; two callers at once wait for each other. */
export async function cached({ key, works, make }: Cached, cache = cacheFolder()): Promise<string> {
  const folder = join(cache, key);
  if (existsSync(folder) && works(folder)) return folder;
  return locked(join(cache, `${key}.lock`), async () => {
    if (existsSync(folder) && works(folder)) return folder;
    rmSync(folder, { recursive: true, force: true });
    const work = mkdtempSync(join(cache, `${key}.`));
    try {
      await make(work);
      if (!works(work)) throw new UserError(`${key}: what was made does not run; see the lines above`);
      renameSync(work, folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    return folder;
  });
}

/** Runs `action` while holding the lock; the lock of a dead process is taken over. */
export async function locked<T>(lock: string, action: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(lock), { recursive: true });
  let said = false;
  while (!tryLock(lock)) {
    const owner = Number(readOwner(lock));
    if (owner > 0 && !isAlive(owner)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!said) console.error(`platform: waiting for another ./platform (pid ${owner}) to finish its set-up`);
    said = true;
    await sleep(500);
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function readOwner(lock: string): string {
  try {
    return readFileSync(lock, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
