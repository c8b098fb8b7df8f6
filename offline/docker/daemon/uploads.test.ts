import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { expect, test } from "vitest";
import type { Value } from "../../value.ts";
import { idIn, uploadsArchive } from "./uploads.ts";

async function unpack(uploads: Value) {
  const unpacked = extract();
  unpacked.end(await uploadsArchive(uploads));
  const files = [];
  for await (const entry of unpacked) {
    const { name, mode, uid, gid } = entry.header;
    files.push({ name, mode, owner: `${uid}:${gid}`, content: await text(entry) });
  }
  return files;
}

test("files with owner and mode, the usual ones where none are given", async () => {
  const uploads = [
    { file: "/etc/a.conf", content: "ä" },
    { file: "/bin/b", content: "b", executable: true },
    { file: "/c", contentBase64: "Yw==", permissions: "0440", owner: "0", group: 101 },
    { file: "/empty", content: "" },
  ];
  expect(await unpack(uploads)).toEqual([
    { name: "etc/a.conf", mode: 0o644, owner: "0:0", content: "ä" },
    { name: "bin/b", mode: 0o744, owner: "0:0", content: "b" },
    { name: "c", mode: 0o440, owner: "0:101", content: "c" },
    { name: "empty", mode: 0o644, owner: "0:0", content: "" },
  ]);
  expect(await uploadsArchive([])).toBeUndefined();
});

test("a source that is not there, and a user that nobody knows, are named", async () => {
  await expect(uploadsArchive([{ file: "/a", source: "/not/there" }])).rejects.toThrow("the upload /a cannot be read");
  await expect(uploadsArchive([{ file: "/a", content: "x", owner: "nobody-at-all" }])).rejects.toThrow(
    'an upload\'s owner is "nobody-at-all"',
  );
});

test("names are looked up in the third field", () => {
  const database = "root:x:0:0:root:/root:/bin/sh\nweb-data:x:34:34::/:\nweb:x:33:33::/:\n";
  expect([idIn(database, "root"), idIn(database, "web"), idIn(database, "data")]).toEqual([0, 33, undefined]);
});
