import { join } from "node:path";
import { UserError } from "../console/error.ts";
import { say } from "../console/progress.ts";
import { cached, cacheFolder } from "./cache.ts";
import { findProgram } from "./program.ts";

/** A program that `./platform` needs and can get by itself. */
export interface Tool {
  readonly name: string;
  /** The version that is made, and the oldest on PATH that serves. */
  readonly version: string;
  /** Changes with the source of a program that lies in this checkout: the cached one is made anew. */
  readonly source?: string;
  /** `major.minor.patch` of the program at this path; undefined where it does not run. */
  readonly versionOf: (program: string) => string | undefined;
  /** Ways to get it, best first. */
  readonly makers: readonly Maker[];
  /** Space that making it takes in the cache, in MB. */
  readonly megabytes: number;
  /** What a person can do where no way is open. */
  readonly wayOut: string;
}

/** Puts the program into the folder under the tool's name; answers why it cannot on this machine, else nothing. */
export type Maker = (folder: string, signal: AbortSignal) => Promise<string | undefined>;

/** Path of the program: on PATH if it is new enough there, else in the cache, else made by the first way that is open. */
export async function ensureTool(tool: Tool, cache = cacheFolder(), path = process.env.PATH): Promise<string> {
  const { name, version, versionOf } = tool;
  const found = findProgram(name, path);
  if (found !== undefined) {
    const onPath = versionOf(found);
    if (onPath !== undefined && isAtLeast(onPath, version)) return found;
    say(
      `${found} ${onPath === undefined ? "does not run" : `is ${onPath}`}; ${version} or newer is needed: using our own`,
    );
  }
  return ensureOwn(tool, cache);
}

/** Path of exactly this version in the cache, made if it is missing: for what must not depend on the machine. */
export async function ensureOwn(tool: Tool, cache = cacheFolder()): Promise<string> {
  const { name, version, versionOf, megabytes } = tool;
  const folder = await cached(
    {
      key: toolKey(tool),
      works: (candidate) => versionOf(join(candidate, name)) === version,
      make: (target, signal) => makeByFirstWay(tool, target, signal),
      megabytes,
    },
    cache,
  );
  return join(folder, name);
}

/** Under which the cache keeps it. */
export const toolKey = ({ name, version, source }: Pick<Tool, "name" | "version" | "source">): string =>
  [name, version, ...(source === undefined ? [] : [source])].join("-");

async function makeByFirstWay({ name, version, makers, wayOut }: Tool, folder: string, signal: AbortSignal) {
  const obstacles: string[] = [];
  for (const make of makers) {
    const obstacle = await make(folder, signal);
    if (obstacle === undefined) return;
    say(obstacle);
    obstacles.push(obstacle);
  }
  throw new UserError(`no way to get ${name} ${version} on this machine: ${obstacles.join("; ")}. ${wayOut}`);
}

/** True if `version` is not older than `wanted`; both `major.minor.patch`. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [have = [], need = []] = [version, wanted].map((text) => text.split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (have[index] ?? 0) - (need[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
