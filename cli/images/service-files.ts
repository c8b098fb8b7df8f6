import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../root.ts";
import { isRead } from "./unread.ts";

/** A service of this checkout: an npm workspace, and files of the checkout that it imports besides. */
export interface Service {
  readonly workspace: string;
  readonly beside: readonly string[];
  /** A folder of it that the image has as a program of the checkout makes it, not as it lies here. */
  readonly built?: { readonly folder: string; readonly by: string };
}

/** `package-lock.json`, as far as it is read here. https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
export interface LockFile {
  readonly packages: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Folders of the npm packages that a workspace runs with, found as Node finds them; none of development's. */
export function productionPackages({ packages }: LockFile, workspace: string): readonly string[] {
  const found = new Set<string>();
  const waiting = [workspace];
  for (const from of waiting) {
    const { dependencies = {}, optionalDependencies = {} } = packages[from] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const folder = foldersAbove(from)
        .map((above) => join(above, "node_modules", name))
        .find((candidate) => candidate in packages);
      if (folder === undefined && name in optionalDependencies) continue;
      if (folder === undefined) throw new Error(`package-lock.json has no ${name}, which ${from} needs`);
      if (found.has(folder)) continue;
      found.add(folder);
      waiting.push(folder);
    }
  }
  return [...found].sort();
}

/** `a/node_modules/b` looks in itself, in `a`, and at the top. */
function foldersAbove(folder: string): readonly string[] {
  const parts = folder.split("/");
  return [...parts.keys()].map((length) => parts.slice(0, parts.length - length).join("/")).concat("");
}

/** Its files in the checkout, by path, without tests. */
export function sourceFiles({ workspace, beside }: Service, checkout = root): ReadonlyMap<string, Buffer> {
  const files = globSync("**/*.{ts,json,html,css,svg}", {
    cwd: join(checkout, workspace),
    exclude: ["node_modules", "testing", "**/*.test.ts"],
  });
  const paths = [...files.map((file) => join(workspace, file)), ...beside].sort();
  return new Map(paths.map((path) => [path, readFileSync(join(checkout, path))]));
}

/** What the image has of {@link sourceFiles}: a folder that is built is there as its program made it. */
export function imageFiles(service: Service, checkout = root): ReadonlyMap<string, Buffer> {
  const files = sourceFiles(service, checkout);
  if (service.built === undefined) return files;
  const { folder, by } = service.built;
  const target = mkdtempSync(join(tmpdir(), "built-"));
  try {
    execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(checkout, by), target]);
    const built = globSync("**/*", { cwd: target }).filter((path) => statSync(join(target, path)).isFile());
    return new Map([
      ...[...files].filter(([path]) => !path.startsWith(`${folder}/`)),
      ...built.sort().map((path) => [join(folder, path), readFileSync(join(target, path))] as const),
    ]);
  } finally {
    rmSync(target, { recursive: true });
  }
}

/** Files of the npm packages that it runs with, by path; their licences stay. */
export const packageFiles = (service: Service, checkout = root): ReadonlyMap<string, Buffer> =>
  new Map(packagePaths(service, checkout).map((path) => [path, readFileSync(join(checkout, path))]));

function packagePaths({ workspace }: Service, checkout: string): readonly string[] {
  const folders = productionPackages(lockFile(checkout), workspace);
  const paths = folders.flatMap((folder) =>
    globSync("**/*", { cwd: join(checkout, folder), exclude: ["node_modules"] })
      .filter(isRead)
      .map((file) => join(folder, file)),
  );
  return [...new Set(paths)].filter((path) => statSync(join(checkout, path)).isFile()).sort();
}

/** Changes with the service's source, with the version of any of its packages, and with what is taken of them. */
export function serviceHash(service: Service, checkout = root): string {
  const hash = createHash("sha256");
  for (const [path, content] of sourceFiles(service, checkout)) hash.update(path).update("\0").update(content);
  hash.update(packagePaths(service, checkout).join("\0"));
  const lock = lockFile(checkout);
  for (const folder of productionPackages(lock, service.workspace)) {
    hash.update(folder).update(lock.packages[folder]?.integrity ?? "");
  }
  return hash.digest("hex").slice(0, 12);
}

const lockFile = (checkout: string): LockFile => JSON.parse(readFileSync(join(checkout, "package-lock.json"), "utf8"));
