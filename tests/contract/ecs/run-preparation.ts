import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { at, list, text, texts } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";

/** A file that a preparation left in a volume. */
export interface PreparedFile {
  readonly volume: string;
  /** Below the volume. */
  readonly path: string;
  readonly content: string;
  /** As `400`. */
  readonly mode: string;
  /** As the script gave it away, `10001:10001`; undefined where it did not. */
  readonly owner: string | undefined;
}

/** In place of AWS and of rights that only root has. */
const stubs = `
aws() { test "$1 $2" = "s3 cp"; shift 2; while case "$1" in --*) true;; *) false;; esac; do shift; done; cp "$STORE/\${1#s3://}" "$2"; }
chown() { printf '%s %s\\n' "$1" "$2" >> "$OWNERS"; }
`;

/** Runs the shell script of an ECS preparation container, in a folder of its own, and collects what it wrote. */
export function runPreparation(
  container: unknown,
  objects: readonly Rendered[],
  secretText: (arn: unknown) => string,
): readonly PreparedFile[] {
  const [script = ""] = texts(at(container, "command"));
  const folder = mkdtempSync(join(tmpdir(), "preparation-"));
  try {
    const store = join(folder, "store");
    for (const { inputs } of objects) {
      const place = join(store, bucketIn(script), text(inputs.key) ?? "");
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, text(inputs.content) ?? "");
    }
    const volumes = list(at(container, "mountPoints")).map((mount) => ({
      name: text(at(mount, "sourceVolume")) ?? "",
      path: text(at(mount, "containerPath")) ?? "",
    }));
    for (const { path } of volumes) mkdirSync(join(folder, path), { recursive: true });
    const secrets = list(at(container, "secrets")).map((entry) => [
      text(at(entry, "name")) ?? "",
      secretText(at(entry, "valueFrom")),
    ]);
    const owners = join(folder, "owners");
    writeFileSync(owners, "");
    execFileSync("/bin/sh", ["-euc", stubs + script.replaceAll("/prepare/", `${folder}/prepare/`)], {
      env: { PATH: process.env.PATH, STORE: store, OWNERS: owners, ...Object.fromEntries(secrets) },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const given = new Map(
      readFileSync(owners, "utf8")
        .split("\n")
        .map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]),
    );
    return volumes.flatMap(({ name, path }) =>
      filesBelow(join(folder, path)).map((file) => prepared(name, join(folder, path), file, given)),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The one bucket that the script names; the objects themselves know only the bucket's id. */
const bucketIn = (script: string): string => /s3:\/\/([^/]+)\//.exec(script)?.[1] ?? "none";

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );

const prepared = (volume: string, root: string, file: string, owners: ReadonlyMap<string, string>): PreparedFile => ({
  volume,
  path: file.slice(root.length + 1),
  content: readFileSync(file, "utf8"),
  mode: (statSync(file).mode & 0o777).toString(8),
  owner: owners.get(file),
});
