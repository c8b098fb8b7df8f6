import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { pack } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Entry, layTar, type Tree, withoutEmpty, withParents, writeLayer } from "./tree.ts";

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "tree-"));
});
afterEach(() => rmSync(work, { recursive: true }));

const everything = (): boolean => true;
const folderEntry: Entry = { type: "directory", mode: 0o755, uid: 0, gid: 0 };
const fileEntry = (text: string, uid = 0): Entry => ({
  type: "file",
  mode: 0o640,
  uid,
  gid: uid,
  content: Buffer.from(text),
});

const path = fc
  .array(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 2, maxLength: 4 })
  .map((parts) => parts.join("/"));
/** Files in folders; no path is both. */
const trees = fc
  .dictionary(
    path.map((each) => `/${each}.txt`),
    fc.record({ text: fc.string(), uid: fc.nat(70_000) }),
    { maxKeys: 8 },
  )
  .map((files): Tree => new Map(Object.entries(files).map(([name, { text, uid }]) => [name, fileEntry(text, uid)])));

test("what is written as a layer is what is read from it, and the digest is the file's own", async () => {
  await fc.assert(
    fc.asyncProperty(trees, async (tree) => {
      const file = join(work, "layer.tar");
      const digest = await writeLayer(tree, file);
      expect(digest).toBe(`sha256:${createHash("sha256").update(readFileSync(file)).digest("hex")}`);
      const read: Tree = new Map();
      await layTar(read, createReadStream(file), everything);
      expect(read).toEqual(new Map([...withParents(tree)].sort(([a], [b]) => (a < b ? -1 : 1))));
      // The same content in another order is the same layer.
      expect(await writeLayer(new Map([...tree].reverse()), file)).toBe(digest);
    }),
    { numRuns: 25 },
  );
});

test("links keep what they name; a hard link comes after its file", async () => {
  const tree: Tree = new Map([
    ["/a/hard", { ...folderEntry, type: "link", target: "/b/file" }],
    ["/a/soft", { ...folderEntry, type: "symlink", target: "../b/file" }],
    ["/b/file", fileEntry("x")],
  ]);
  const file = join(work, "layer.tar");
  await writeLayer(tree, file);
  const read: Tree = new Map();
  await layTar(read, createReadStream(file), everything);
  expect([...read.keys()].at(-1)).toBe("/a/hard");
  expect([read.get("/a/hard")?.target, read.get("/a/soft")?.target]).toEqual(["/b/file", "../b/file"]);
});

test("a package's names start with ./ and folders end with /; what is not kept is not there", async () => {
  const tar = pack();
  tar.entry({ name: "./usr/share/doc/", type: "directory" });
  tar.entry({ name: "./usr/share/doc/x" }, "words");
  tar.entry({ name: "./usr/bin/x", mode: 0o755 }, "program");
  tar.finalize();
  const read: Tree = new Map();
  await layTar(read, Readable.from([await buffer(tar)]), (each) => !each.startsWith("/usr/share/doc/"));
  expect([...read.keys()]).toEqual(["/usr/share/doc", "/usr/bin/x"]);
  expect([...withoutEmpty(read, new Set()).keys()]).toEqual(["/usr/bin/x"]);
  expect([...withoutEmpty(read, new Set(["/usr/share/doc"])).keys()]).toEqual(["/usr/share/doc", "/usr/bin/x"]);
});
