import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import ignore from "@balena/dockerignore";
import { UserError } from "../console/error.ts";

/** A file as Docker would take it from the checkout. */
export interface InputFile {
  readonly path: string;
  /** Of its bytes; of a link what it names. */
  readonly hash: string;
  /** As git knows it: whether it may be run. */
  readonly mode: "file" | "program" | "link";
}

/**
 * The files that a Dockerfile takes from the checkout, as they lie there, without what its `.dockerignore` leaves out; in
 * the order of their paths. Throws a UserError for a source of which nothing is there: Docker would not build that either.
 * @param dockerfile below the checkout, as `services/backend/Dockerfile`.
 */
export function inputFiles(checkout: string, dockerfile: string, sources: readonly string[]): readonly InputFile[] {
  const rules = ignoreRules(checkout, dockerfile);
  const paths = new Set<string>();
  for (const source of sources.map(plainPath)) {
    const found = pathsBelow(checkout, beginningOf(source), rules).filter(matcher(source));
    if (found.length === 0) {
      throw new UserError(
        `${dockerfile} copies ${source || "."}: no such file is there, or its .dockerignore leaves it out`,
      );
    }
    for (const path of found) paths.add(path);
  }
  return [...paths].sort().map((path) => inputFile(checkout, path));
}

interface IgnoreRules {
  readonly leavesOut: (path: string) => boolean;
  /** Whether something can be wanted below a folder that is not. */
  readonly hasExceptions: boolean;
}

/** Docker takes the file beside the Dockerfile, else the checkout's. */
function ignoreRules(checkout: string, dockerfile: string): IgnoreRules {
  const file = [`${dockerfile}.dockerignore`, ".dockerignore"].find((each) => existsSync(join(checkout, each)));
  const lines = file === undefined ? [] : readFileSync(join(checkout, file), "utf8").split(/\r?\n/);
  const rules = ignore().add(lines);
  return { leavesOut: (path) => rules.ignores(path), hasExceptions: lines.some((line) => line.startsWith("!")) };
}

/** `./services/backend/` → `services/backend`; the context itself is the empty path. */
const plainPath = (source: string): string =>
  source
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");

/** A source matches as a rule of a `.dockerignore` does: what it names, and all below that. */
function matcher(source: string): (path: string) => boolean {
  if (source === "") return () => true;
  const rule = ignore().add([source]);
  return (path) => rule.ignores(path);
}

/** The folder below which a pattern can match. */
function beginningOf(source: string): string {
  const parts = source.split("/");
  const wild = parts.findIndex((part) => /[*?[\\]/.test(part));
  return (wild === -1 ? parts : parts.slice(0, wild)).join("/");
}

/** Every file that is not left out. A folder that is, is not looked into: it may be as large as `node_modules`. */
function pathsBelow(checkout: string, path: string, rules: IgnoreRules): readonly string[] {
  const isOut = path !== "" && rules.leavesOut(path);
  const stats = lstatSync(join(checkout, path), { throwIfNoEntry: false });
  if (stats === undefined || (isOut && !(stats.isDirectory() && rules.hasExceptions))) return [];
  if (!stats.isDirectory()) return [path];
  return readdirSync(join(checkout, path)).flatMap((name) =>
    pathsBelow(checkout, path === "" ? name : `${path}/${name}`, rules),
  );
}

function inputFile(checkout: string, path: string): InputFile {
  const whole = join(checkout, path);
  const stats = lstatSync(whole);
  const isLink = stats.isSymbolicLink();
  const bytes = isLink ? readlinkSync(whole) : readFileSync(whole);
  return {
    path,
    hash: createHash("sha256").update(bytes).digest("hex"),
    mode: isLink ? "link" : (stats.mode & 0o100) === 0 ? "file" : "program",
  };
}
