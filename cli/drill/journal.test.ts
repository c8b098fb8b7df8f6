import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { journalOf } from "./journal.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "journal-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("what is written is found by whoever comes later; nothing is no file", async () => {
  const journal = journalOf(join(folder, "new"), "dev");
  expect(await journal.read()).toEqual([]);
  await journal.write(["RedisDown", "LowDiskSpace"]);
  expect(await journalOf(join(folder, "new"), "dev").read()).toEqual(["RedisDown", "LowDiskSpace"]);
  expect(await journalOf(join(folder, "new"), "other").read()).toEqual([]);
  await journal.write([]);
  expect(await readdir(join(folder, "new"))).toEqual([]);
});

test("one that somebody else wrote is refused", async () => {
  await writeFile(join(folder, "drills-dev.json"), '{"faults":["Everything"]}');
  await expect(journalOf(folder, "dev").read()).rejects.toThrow(/faults/);
});
