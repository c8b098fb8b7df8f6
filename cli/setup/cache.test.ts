import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cached, cacheFolder } from "./cache.ts";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "cache-"));
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(cache, { recursive: true });
});

const works = (folder: string) => existsSync(join(folder, "tool"));
const make = async (folder: string) => writeFileSync(join(folder, "tool"), "");

test("makes a tool once", async () => {
  let made = 0;
  const tool = {
    key: "tool-1",
    works,
    make: async (folder: string) => {
      made++;
      await make(folder);
    },
  };
  expect(await cached(tool, cache)).toBe(join(cache, "tool-1"));
  await cached(tool, cache);
  expect(made).toBe(1);
});

test("two at once wait for each other: one makes, both get it", async () => {
  let made = 0;
  const slow = {
    key: "tool-1",
    works,
    make: async (folder: string) => {
      made++;
      await new Promise((resolve) => setTimeout(resolve, 50));
      await make(folder);
    },
  };
  const both = await Promise.all([cached(slow, cache), cached(slow, cache)]);
  expect(both).toEqual([join(cache, "tool-1"), join(cache, "tool-1")]);
  expect(made).toBe(1);
});

test("what failed half way leaves nothing, and the next call makes it", async () => {
  const broken = {
    key: "tool-1",
    works,
    make: async (folder: string) => {
      writeFileSync(join(folder, "half"), "");
      throw new Error("disk full");
    },
  };
  await expect(cached(broken, cache)).rejects.toThrow("disk full");
  expect(readdirSync(cache)).toEqual([]);
  expect(works(await cached({ key: "tool-1", works, make }, cache))).toBe(true);
});

test("a damaged one is made anew", async () => {
  const folder = await cached({ key: "tool-1", works, make }, cache);
  rmSync(join(folder, "tool"));
  await cached({ key: "tool-1", works, make }, cache);
  expect(works(folder)).toBe(true);
});

test("what a killed set-up left behind is taken over and thrown away", async () => {
  symlinkSync("999999999", join(cache, "tool-1.lock"));
  mkdirSync(join(cache, "tool-1.tmp-abc", "half"), { recursive: true });
  expect(works(await cached({ key: "tool-1", works, make }, cache))).toBe(true);
  expect(readdirSync(cache)).toEqual(["tool-1"]);
});

test("Ctrl-C ends what is being made and leaves nothing", async () => {
  const slow = {
    key: "tool-1",
    works,
    make: (_: string, signal: AbortSignal) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        process.emit("SIGINT");
      }),
  };
  await expect(cached(slow, cache)).rejects.toMatchObject({
    message: expect.stringContaining("interrupted"),
    exitCode: 130,
  });
  expect(readdirSync(cache)).toEqual([]);
  expect(process.listenerCount("SIGINT")).toBe(0);
});

test("what was made but does not run is an error, not an entry of the cache", async () => {
  const broken = { key: "tool-1", works: () => false, make };
  await expect(cached(broken, cache)).rejects.toThrow("does not run on this system");
  expect(readdirSync(cache)).toEqual([]);
});

test("too little space is said before anything is made", async () => {
  const make = vi.fn();
  const huge = { key: "tool-1", works, make, megabytes: 1e9 };
  await expect(cached(huge, cache)).rejects.toThrow(
    /is full: \d+ MB free, tool-1 needs 1000000000; free some, or set TRADING_PLATFORM_CACHE/,
  );
  expect(make).not.toHaveBeenCalled();
});

test("a disk that fills up while the tool is made: one message, and nothing is left", async ({ skip }) => {
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", cache]).status === 0;
  if (!mounted) return skip("only root may mount a small disk");
  try {
    const big = {
      key: "tool-1",
      works,
      make: async (folder: string) => writeFileSync(join(folder, "tool"), Buffer.alloc(4_000_000)),
      megabytes: 1,
    };
    await expect(cached(big, cache)).rejects.toThrow(
      /is full: making tool-1 failed; free some, or set TRADING_PLATFORM_CACHE/,
    );
    expect(readdirSync(cache)).toEqual([]);
  } finally {
    spawnSync("umount", [cache]);
  }
});

test("a cache that cannot be made names the way out", async () => {
  writeFileSync(join(cache, "file"), "");
  await expect(cached({ key: "tool-1", works, make }, join(cache, "file"))).rejects.toThrow(
    /cannot write to the cache .*; set TRADING_PLATFORM_CACHE/,
  );
});

test.each([
  [{ TRADING_PLATFORM_CACHE: "/a", XDG_CACHE_HOME: "/b" }, "/a"],
  [{ TRADING_PLATFORM_CACHE: "", XDG_CACHE_HOME: "/b" }, "/b/trading-platform"],
])("the cache of %j is %s", (environment, folder) => {
  expect(cacheFolder(environment)).toBe(folder);
});
