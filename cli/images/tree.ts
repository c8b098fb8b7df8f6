import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { posix } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { extract, type Header, pack } from "tar-stream";

/** A file, folder or link of an image. */
export interface Entry {
  readonly type: "file" | "directory" | "symlink" | "link";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** What a link names. */
  readonly target?: string;
  /** Of a file. */
  readonly content?: Buffer;
}

/** What an image is filled with, by absolute path. */
export type Tree = Map<string, Entry>;

const isEntryType = (type: Header["type"]): type is Entry["type"] =>
  type === "file" || type === "directory" || type === "symlink" || type === "link";

/** Lays a tar over the tree; `keep` says which paths. */
export async function layTar(tree: Tree, tar: Readable, keep: (path: string) => boolean): Promise<void> {
  const reader = extract();
  const done = pipeline(tar, reader);
  for await (const entry of reader) {
    const { name, type, mode = 0o644, uid = 0, gid = 0, linkname } = entry.header;
    const content = await buffer(entry);
    const path = absolute(name);
    if (path === "/" || !keep(path) || !isEntryType(type)) continue;
    const target = typeof linkname === "string" ? { target: type === "link" ? absolute(linkname) : linkname } : {};
    tree.set(path, {
      type,
      mode,
      uid,
      gid,
      ...target,
      ...(type === "file" ? { content } : {}),
    });
  }
  await done;
}

/** `./usr/bin/` as `/usr/bin`. */
const absolute = (name: string): string => posix.join("/", name).replace(/(?<=.)\/$/, "");

/** Folders that hold something but are not there themselves, as root has them. */
export function withParents(tree: Tree): Tree {
  const whole: Tree = new Map(tree);
  for (const path of tree.keys()) {
    for (let above = posix.dirname(path); above !== "/"; above = posix.dirname(above)) {
      if (!whole.has(above)) whole.set(above, { type: "directory", mode: 0o755, uid: 0, gid: 0 });
    }
  }
  return whole;
}

/** The tree without folders that hold nothing and were not asked for: what is left of packages' documentation. */
export function withoutEmpty(tree: Tree, wanted: ReadonlySet<string>): Tree {
  const full = new Set<string>(wanted);
  for (const [path, { type }] of tree) {
    if (type === "directory" && !wanted.has(path)) continue;
    for (let above = path; above !== "/"; above = posix.dirname(above)) full.add(above);
  }
  return new Map([...tree].filter(([path]) => full.has(path)));
}

/** When the files of every image were made: the same content is the same image, wherever and whenever it is built. */
const mtime = new Date(0);

/** Writes the tree as an image's layer; its digest. */
export async function writeLayer(tree: Tree, file: string): Promise<string> {
  const writer = pack();
  const hash = createHash("sha256");
  const hashing = new PassThrough();
  hashing.on("data", (chunk: Buffer) => hash.update(chunk));
  const written = pipeline(writer, hashing, createWriteStream(file));
  for (const [path, { type, mode, uid, gid, target, content }] of sorted(withParents(tree))) {
    const name = path.slice(1) + (type === "directory" ? "/" : "");
    const linkname = type === "link" && target !== undefined ? target.slice(1) : target;
    const header = {
      name,
      type,
      mode: mode & 0o7777,
      uid,
      gid,
      mtime,
      ...(linkname === undefined ? {} : { linkname }),
    };
    if (content === undefined) writer.entry(header);
    else writer.entry(header, content);
  }
  writer.finalize();
  await written;
  return `sha256:${hash.digest("hex")}`;
}

/** Folders before what is in them, hard links after what they name. */
const sorted = (tree: Tree): [string, Entry][] =>
  [...tree].sort(
    ([a, one], [b, other]) =>
      Number(one.type === "link") - Number(other.type === "link") || (a < b ? -1 : a > b ? 1 : 0),
  );
