import { spawn } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { locked } from "./lock.ts";

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  lock = join(folder, "x.lock");
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const noSuchPid = "999999999";
const there = (): boolean => lstatSync(lock, { throwIfNoEntry: false }) !== undefined;

test("the lock names its owner while the action runs, and is gone afterwards, also when it fails", async () => {
  expect(await locked(lock, async () => readlinkSync(lock))).toBe(String(process.pid));
  await expect(locked(lock, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(there()).toBe(false);
});

test("waits for a living owner, says once for whom, and goes on when it is done", async () => {
  const owner = spawn("sleep", ["60"]);
  symlinkSync(String(owner.pid), lock);
  const action = vi.fn(async () => undefined);
  const waiting = locked(lock, action);
  await sleep(600);
  expect(action).not.toHaveBeenCalled();
  expect(console.error).toHaveBeenCalledTimes(1);
  expect(console.error).toHaveBeenCalledWith(expect.stringContaining(`(pid ${owner.pid})`));
  rmSync(lock);
  owner.kill();
  await waiting;
  expect(action).toHaveBeenCalledTimes(1);
});

test("a dead owner's lock is taken over, by one of many at a time", async () => {
  symlinkSync(noSuchPid, lock);
  let inside = 0;
  let most = 0;
  const action = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await sleep(5);
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => locked(lock, action)));
  expect(most).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test("whoever gives up waiting does not run the action", async () => {
  symlinkSync(String(process.pid), lock);
  const action = vi.fn(async () => undefined);
  await expect(locked(lock, action, AbortSignal.timeout(50))).rejects.toThrow();
  expect(action).not.toHaveBeenCalled();
  expect(there()).toBe(true);
});
