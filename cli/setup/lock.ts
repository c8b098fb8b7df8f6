import { readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../console/progress.ts";

/**
 * Runs `action` while holding the lock; another process waits, a dead one's lock is taken over.
 * The lock is a symbolic link to the owner's pid: made and filled in one step, on every POSIX system, and the
 * launcher (`./platform`, bash) can do the same.
 */
export async function locked<T>(lock: string, action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  let said = false;
  while (!tryLock(lock)) {
    signal?.throwIfAborted();
    const owner = ownerOf(lock);
    if (owner === undefined) continue;
    if (!isAlive(owner)) {
      takeAway(lock);
      continue;
    }
    if (!said) say(`waiting for another ./platform (pid ${owner}) to finish its set-up (if there is none: rm ${lock})`);
    said = true;
    await sleep(250);
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock: string): boolean {
  try {
    symlinkSync(String(process.pid), lock);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function ownerOf(lock: string): number | undefined {
  try {
    return Number(readlinkSync(lock));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Renamed before it is removed: of several that saw the dead owner, one gets it. */
function takeAway(lock: string): void {
  const mine = `${lock}.${process.pid}`;
  try {
    renameSync(lock, mine);
    rmSync(mine);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** Whether a process is there and not only waiting to be buried. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isZombie(pid);
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return codeOf(error) === "EPERM";
  }
}

/** Dead, but nobody has asked for its exit code yet; in a container without an init that can last. Linux only. */
function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);
