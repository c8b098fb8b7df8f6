import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Command } from "../components/targets/tunnel.ts";
import { findProgram } from "./setup/program.ts";

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Given {
  /** What it reads on stdin: the way for secrets, which are in no argument. Default: nothing. */
  readonly input?: string;
  /** Beside this process's own environment. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly folder?: string;
}

/** Runs a program, by its name or path, to its end; undefined where it is not on PATH. */
export async function runProgram({ program, words }: Command, given: Given = {}): Promise<Ended | undefined> {
  const path = program.includes("/") ? program : findProgram(program);
  if (path === undefined) return undefined;
  const child = spawn(path, words, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...given.environment },
    ...(given.folder === undefined ? {} : { cwd: given.folder }),
  });
  // Who ends without having read everything has said why.
  child.stdin.on("error", () => {});
  child.stdin.end(given.input ?? "");
  const code = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}
