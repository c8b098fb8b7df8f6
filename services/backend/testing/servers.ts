import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import pg from "pg";
import { freePort } from "../../../cli/open/free-port.ts";
import { debianObstacle, installDebian } from "../../../cli/setup/debian.ts";
import { findProgram } from "../../../cli/setup/program.ts";
import type { CacheConfiguration, DatabaseConfiguration } from "../configuration.ts";

/** A real server of a test's own, in a temporary folder. */
export interface TestServer<Configuration> {
  readonly configuration: Configuration;
  /** As a crash: nothing is tidied up, connections break. */
  kill(): Promise<void>;
  /** On the same port, with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestServers {
  readonly postgres: TestServer<DatabaseConfiguration>;
  readonly redis: TestServer<CacheConfiguration>;
  stop(): Promise<void>;
}

/** PostgreSQL and Redis; undefined, with the reason printed, where this machine has none and cannot install them. */
export async function startedServers(): Promise<TestServers | undefined> {
  if (postgresFolder() === undefined || findProgram("redis-server") === undefined) {
    const obstacle = debianObstacle();
    if (obstacle !== undefined) {
      console.warn(`skipped: PostgreSQL or Redis is missing, and ${obstacle}`);
      return undefined;
    }
    await installDebian(["postgresql", "redis-server"]);
  }
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  return {
    postgres,
    redis,
    stop: async () => {
      await Promise.all([postgres.stop(), redis.stop()]);
    },
  };
}

const password = "of-a-test-alone";

export function postgresFolder(): string | undefined {
  if (findProgram("initdb") !== undefined && findProgram("postgres") !== undefined) return "";
  return globSync("/usr/lib/postgresql/*/bin").sort().at(-1);
}

/** @param settings of postgresql.conf; without it nothing is written through to the disk, as tests need not survive. */
export async function startPostgres(
  settings: readonly string[] = ["fsync=off"],
): Promise<TestServer<DatabaseConfiguration>> {
  const programs = postgresFolder() ?? "";
  const folder = mkdtempSync(join(tmpdir(), "backend-postgres-"));
  // PostgreSQL refuses to run as root.
  const ids = process.getuid?.() === 0 ? idsOf("postgres") : undefined;
  if (ids !== undefined) chownSync(folder, ids.uid, ids.gid);
  const user = ids ?? {};
  const data = join(folder, "data");
  execFileSync(join(programs, "initdb"), ["--no-sync", "--auth=trust", "--username=trading", data], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
  const port = await freePort();
  const words = ["-D", data, "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"];
  const options = ["max_connections=100", ...settings].flatMap((setting) => ["-c", setting]);
  const configuration = {
    host: "127.0.0.1",
    port,
    name: "trading",
    user: "trading",
    password,
    tls: "disable" as const,
  };
  const begin = () =>
    spawn(join(programs, "postgres"), [...words, ...options], { ...user, cwd: folder, stdio: "ignore" });
  const server = await daemon(begin, folder, "SIGQUIT", async () => {
    const client = new pg.Client({ host: "127.0.0.1", port, user: "trading", database: "postgres" });
    client.on("error", () => {});
    await client.connect();
    await client.query("create database trading").catch(() => {});
    await client.end();
  });
  return { configuration, ...server };
}

export async function startRedis(): Promise<TestServer<CacheConfiguration>> {
  const folder = mkdtempSync(join(tmpdir(), "backend-redis-"));
  const port = await freePort();
  const words = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes"];
  const begin = () => spawn("redis-server", [...words, "--requirepass", password], { cwd: folder, stdio: "ignore" });
  const server = await daemon(begin, folder, "SIGTERM", async () => {
    const redis = new Redis({ port, password, lazyConnect: true, retryStrategy: () => null });
    redis.on("error", () => {});
    await redis.connect();
    redis.disconnect();
  });
  return { configuration: { host: "127.0.0.1", port, password, tls: "disable" as const }, ...server };
}

async function daemon(
  begin: () => ChildProcess,
  folder: string,
  ending: NodeJS.Signals,
  ask: () => Promise<void>,
): Promise<Omit<TestServer<never>, "configuration">> {
  let child = begin();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    await gone;
  };
  await answering(ask);
  return {
    kill: () => end("SIGKILL"),
    restart: async () => {
      child = begin();
      await answering(ask);
    },
    stop: async () => {
      await end(ending);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function answering(ask: () => Promise<void>): Promise<void> {
  const until = Date.now() + 30_000;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(50);
    }
  }
}

export function idsOf(user: string): { readonly uid: number; readonly gid: number } {
  const id = (what: string): number => Number(execFileSync("id", [what, user], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}
