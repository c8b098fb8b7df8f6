import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { ensureOwn } from "../setup/tool.ts";
import type { Part, Recipe } from "./recipe.ts";
import { imageFiles, packageFiles as npmFiles } from "./service-files.ts";
import { layTar, type Tree, withoutEmpty } from "./tree.ts";

/** Everything that an image is filled with. `packages` is a folder of Debian packages. */
export async function fill({ parts }: Pick<Recipe, "parts">, packages: string): Promise<Tree> {
  const tree: Tree = new Map();
  for (const part of parts) await lay(tree, part, packages);
  const folders = parts.flatMap((part) => (part.kind === "folder" ? [part.path] : []));
  return withoutEmpty(tree, new Set(folders));
}

async function lay(tree: Tree, part: Part, packages: string): Promise<void> {
  switch (part.kind) {
    case "packages":
      for (const name of part.packages) await unpack(tree, packageFile(packages, name), part.without);
      return;
    case "program":
      tree.set(part.path, file(readFileSync(await ensureOwn(part.tool)), 0o755));
      return;
    case "service":
      for (const [path, content] of [...imageFiles(part.service), ...npmFiles(part.service)]) {
        tree.set(posix.join("/app", path), file(content, 0o644));
      }
      return;
    case "file":
      tree.set(part.path, file(Buffer.from(part.text), part.mode));
      return;
    case "folder":
      tree.set(part.path, { type: "directory", mode: part.mode, uid: part.uid, gid: part.gid });
      return;
    case "link":
      tree.set(part.path, { type: "symlink", mode: 0o777, uid: 0, gid: 0, target: part.to });
      return;
    case "move":
      tree.set(part.to, entryOf(tree, part.from));
      tree.delete(part.from);
      return;
    case "replace":
      replaceLine(tree, part.path, part.this, part.by);
      return;
    case "busybox-links":
      linkBusybox(tree);
      return;
    case "certificate-bundle":
      bundleCertificates(tree);
      return;
  }
}

const file = (content: Buffer, mode: number) => ({ type: "file", mode, uid: 0, gid: 0, content }) as const;

function entryOf(tree: Tree, path: string) {
  const entry = tree.get(path);
  if (entry === undefined) throw new Error(`the packages have no ${path} any more; the image's recipe must follow`);
  return entry;
}

function packageFile(folder: string, name: string): string {
  const found = readdirSync(folder).find((each) => each.startsWith(`${name}_`));
  if (found === undefined) throw new Error(`package ${name} is not in ${folder}`);
  return join(folder, found);
}

async function unpack(tree: Tree, deb: string, without: readonly RegExp[]): Promise<void> {
  const child = spawn("dpkg-deb", ["--fsys-tarfile", deb], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  await layTar(tree, child.stdout, (path) => !without.some((pattern) => pattern.test(path)));
  const code = await ended;
  if (code !== 0) throw new Error(`dpkg-deb could not read ${deb} (exit code ${code})`);
}

function replaceLine(tree: Tree, path: string, before: string, after: string): void {
  const entry = entryOf(tree, path);
  const text = entry.content?.toString() ?? "";
  if (!text.includes(before))
    throw new Error(`${path} has no line "${before}" any more; the image's recipe must follow`);
  tree.set(path, { ...entry, content: Buffer.from(text.replace(before, after)) });
}

const programFolders = ["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin"];

const busyboxPath = "/usr/bin/busybox";

/** What another package has is not hidden. */
function linkBusybox(tree: Tree): void {
  const names = busyboxPrograms(entryOf(tree, busyboxPath).content ?? Buffer.alloc(0));
  for (const name of names) {
    if (programFolders.some((folder) => tree.has(posix.join(folder, name)))) continue;
    tree.set(`/bin/${name}`, { type: "symlink", mode: 0o777, uid: 0, gid: 0, target: busyboxPath });
  }
}

function busyboxPrograms(program: Buffer): readonly string[] {
  const work = mkdtempSync(join(tmpdir(), "busybox-"));
  try {
    const path = join(work, "busybox");
    writeFileSync(path, program, { mode: 0o755 });
    const { status, stdout } = spawnSync(path, ["--list"], { encoding: "utf8" });
    if (status !== 0) throw new Error("Debian's busybox does not run on this system");
    return stdout.split("\n").filter((name) => name !== "");
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Where Go, OpenSSL and busybox look, among others. */
const bundlePath = "/etc/ssl/certs/ca-certificates.crt";
const sourceFolder = "/usr/share/ca-certificates/";

function bundleCertificates(tree: Tree): void {
  const sources = [...tree].filter(([path]) => path.startsWith(sourceFolder) && path.endsWith(".crt"));
  if (sources.length === 0) throw new Error(`the packages have no certificates in ${sourceFolder} any more`);
  const bundle = Buffer.concat(sources.map(([, { content }]) => content ?? Buffer.alloc(0)));
  for (const path of [...tree.keys()].filter((each) => each.startsWith(sourceFolder))) tree.delete(path);
  tree.set(bundlePath, file(bundle, 0o644));
}
