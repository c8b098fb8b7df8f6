import { createHash } from "node:crypto";

/** A configuration file, rendered by a pure function, put at `path` read-only. Never holds a secret. */
export interface ConfigFile {
  readonly path: string;
  readonly content: string;
}

/** Short hash of a workload's files: it changes when and only when one of them does, so a target knows what to restart. */
export function contentHash(files: readonly ConfigFile[]): string {
  const hash = createHash("sha256");
  for (const { path, content } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${path.length}:${path}${content.length}:${content}`);
  }
  return hash.digest("hex").slice(0, 10);
}
