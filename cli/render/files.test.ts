import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { difference, staleFiles, write } from "./files.ts";
import { renderedFiles } from "./index.ts";

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "render-"));
});
afterEach(() => rmSync(checkout, { recursive: true }));

const files = [
  { path: "same.md", render: () => "one\n" },
  { path: "old.md", render: async () => "one\ntwo\n" },
  { path: "deep/new.md", render: () => "new\n" },
];

test("names what is out of date and what is missing, shows how, and writes it", async () => {
  writeFileSync(join(checkout, "same.md"), "one\n");
  writeFileSync(join(checkout, "old.md"), "one\n");
  const stale = await staleFiles(checkout, files);
  expect(stale.map(({ path }) => path)).toEqual(["old.md", "deep/new.md"]);
  expect(stale.map((each) => difference(checkout, each))).toEqual([
    "--- old.md (checked in)\n+++ old.md (rendered)\n@@ -1 +1,2 @@\n one\n+two\n",
    "--- deep/new.md (checked in)\n+++ deep/new.md (rendered)\n@@ -0,0 +1 @@\n+new\n",
  ]);
  for (const each of stale) write(checkout, each);
  expect(readFileSync(join(checkout, "deep/new.md"), "utf8")).toBe("new\n");
  expect(await staleFiles(checkout, files)).toEqual([]);
});

test("no file is rendered twice, and each stays inside the checkout", async () => {
  const paths = (await renderedFiles()).map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  for (const path of paths) expect(path).not.toMatch(/^\/|\.\./);
});
