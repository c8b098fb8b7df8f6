import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, createWriteStream, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { finished } from "node:stream/promises";
import { UserError } from "../console/error.ts";
import { diskFull, saysDiskFull } from "./disk.ts";

/** Path of a program on PATH, as a shell would find it; undefined for none. */
export function findProgram(name: string, path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * What a program prints on stdout; undefined where it is missing, fails, or takes longer than a minute. On a machine with
 * a load of 160 ten seconds were too short for `pulumi version`, and a good engine was thrown away and built anew.
 */
export function answerOf(program: string, ...words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, words, {
    encoding: "utf8",
    timeout: 60_000,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  return status === 0 ? stdout.trim() : undefined;
}

interface Logged {
  readonly program: string;
  readonly words: readonly string[];
  readonly folder: string;
  /** Beside this process's own environment. */
  readonly environment?: NodeJS.ProcessEnv;
  /** File for everything that it prints; its end is shown when it fails. */
  readonly log: string;
  readonly signal?: AbortSignal;
}

/** Runs a long program with its output in a log. */
export async function runLogged({ program, words, folder, environment, log, signal }: Logged): Promise<void> {
  const output = createWriteStream(log);
  const written = finished(output).catch((error: unknown) => error);
  const child = spawn(program, words, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    ...(signal && { signal }),
  });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  }).finally(() => output.end());
  await written;
  if (code === 0) return;
  const text = readFileSync(log, "utf8").trimEnd();
  if (saysDiskFull(text)) throw diskFull(folder, `${program} could not write (the whole log: ${log})`);
  const end = text.split("\n").slice(-12).join("\n");
  throw new UserError(`${program} ${words[0] ?? ""} failed:\n${end}\n(the whole log: ${log})`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
