import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { openProject, type Project } from "../../cli/engine/project.ts";
import { root } from "../../cli/root.ts";
import { cacheFolder } from "../../cli/setup/cache.ts";
import { makeTemporaryBackend, type TemporaryBackend } from "../../offline/backend.ts";

/** A program of `fixtures/`. */
export const fixture = (name: string): Project => openProject(join(import.meta.dirname, "fixtures", name));

/** Uses a state that is there for one test only. */
export async function withBackend<Result>(use: (backend: TemporaryBackend) => Promise<Result>): Promise<Result> {
  const backend = await makeTemporaryBackend();
  try {
    return await use(backend);
  } finally {
    await backend.remove();
  }
}

/**
 * A home for a test in this process: nobody's login, the machine's own cache. Its user gives both back with
 * `vi.unstubAllEnvs()` and `remove()`.
 */
export async function stubHome(): Promise<TemporaryBackend> {
  vi.stubEnv("TRADING_PLATFORM_CACHE", cacheFolder());
  const home = await makeTemporaryBackend();
  vi.stubEnv("HOME", home.directory);
  for (const name of ["XDG_DATA_HOME", "PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"])
    vi.stubEnv(name, undefined);
  return home;
}

/** Uses an empty folder that is there for one test only. */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "trading-platform-test-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, in the checkout, without a terminal. */
export function execute(
  command: string,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: root, env: { ...environment }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** The words that run `./platform` without its set-up: Node and packages are there in a test. */
export const platform = [process.execPath, join(root, "cli", "main.ts")] as const;

/**
 * The environment of a newcomer: an empty home, no login, no passphrase, no credentials.
 * @param home an empty folder.
 */
export function newcomer(home: string): Readonly<Record<string, string | undefined>> {
  const { PATH, TRADING_PLATFORM_CACHE } = process.env;
  const cache =
    TRADING_PLATFORM_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "", ".cache"), "trading-platform");
  return { PATH, HOME: home, TRADING_PLATFORM_CACHE: cache };
}
