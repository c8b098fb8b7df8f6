import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { extname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** A file of the page as browsers get it. */
export interface Asset {
  readonly type: string;
  /** Of the content: a browser that has it asks whether it is still the same. */
  readonly etag: string;
  readonly encodings: Readonly<Record<Encoding, Buffer>>;
}

/** How a file can be sent, the smallest first. */
export const encodings = ["br", "gzip", "identity"] as const;
export type Encoding = (typeof encodings)[number];

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  // A browser goes by the type, not by the name; so the modules keep the names that they import each other by.
  ".ts": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Every file of the page by its path, read, made JavaScript and compressed once; `/` is index.html. */
export function readAssets(folder = join(import.meta.dirname, "page")): ReadonlyMap<string, Asset> {
  const names = readdirSync(folder).filter((name) => extname(name) in types && !name.endsWith(".test.ts"));
  return new Map(names.map((name) => [name === "index.html" ? "/" : `/${name}`, asset(folder, name)]));
}

function asset(folder: string, name: string): Asset {
  const text = readFileSync(join(folder, name), "utf8");
  const plain = Buffer.from(extname(name) === ".ts" ? stripTypeScriptTypes(text) : text);
  return {
    type: types[extname(name)] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
    encodings: { br: brotliCompressSync(plain), gzip: gzipSync(plain), identity: plain },
  };
}
