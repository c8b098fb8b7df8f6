import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import nodeModule from "node:module";
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
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** A checkout's, whose modules are TypeScript; an image has JavaScript at the same place (build.ts). */
export const pageFolder = join(import.meta.dirname, "page");

/** What browsers get, of a folder. */
export const pageFiles = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => extname(name) in types && !name.endsWith(".test.ts"));

/** Without the types. Experimental in Node, which says so in the log: a call at run time is development's alone. */
export const javaScriptOf = (text: string): string => nodeModule.stripTypeScriptTypes(text);

/** Every file of the page by its path, read, made JavaScript where it is not, and compressed once; `/` is index.html. */
export function readAssets(folder = pageFolder): ReadonlyMap<string, Asset> {
  return new Map(pageFiles(folder).map((name) => [pathOf(name), asset(folder, name)]));
}

const pathOf = (name: string): string => (name === "index.html" ? "/" : `/${name.replace(/\.js$/, ".ts")}`);

function asset(folder: string, name: string): Asset {
  const text = readFileSync(join(folder, name), "utf8");
  const plain = Buffer.from(extname(name) === ".ts" ? javaScriptOf(text) : text);
  return {
    type: types[extname(name)] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
    encodings: { br: brotliCompressSync(plain), gzip: gzipSync(plain), identity: plain },
  };
}
