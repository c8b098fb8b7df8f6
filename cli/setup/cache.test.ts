import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cached } from "./cache.ts";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "cache-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

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

test("the lock of a dead process is taken over", async () => {
  writeFileSync(join(cache, "tool-1.lock"), "999999999");
  expect(works(await cached({ key: "tool-1", works, make }, cache))).toBe(true);
});
