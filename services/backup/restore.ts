import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Backup } from "./catalogue.ts";
import { requireReadable } from "./choose.ts";
import { BackupError, type Configuration } from "./configuration.ts";
import { ask, lastLines, run } from "./programs.ts";
import { unpack } from "./unpack.ts";

/** How far the log is replayed; without anything to its end. */
export interface RecoveryTarget {
  /** Milliseconds. */
  readonly at?: number;
  /** Of a restore point. */
  readonly name?: string;
}

/** Where fetch.ts says what was wrong with a segment: PostgreSQL only learns that it has to stop. */
export const complaint = (data: string): string => `${data}.complaint`;

/**
 * Makes a data folder as the database was: base backup, then the log up to the target. When this returns a server can be
 * started on it. Throws a {@link BackupError} otherwise; the folder is of no use then.
 * @param data a folder that is not there, or that nobody needs.
 */
export async function restoreInto(
  data: string,
  backup: Backup,
  target: RecoveryTarget,
  configuration: Configuration,
  use: (database: Configuration["database"]) => Promise<void> = async () => {},
): Promise<void> {
  await requireProgram(backup, configuration);
  await rm(data, { recursive: true, force: true });
  await rm(complaint(data), { force: true });
  await mkdir(data, { recursive: true, mode: 0o700 });
  await unpack(data, backup, configuration);
  await run("pg_verifybackup", ["--no-parse-wal", "--quiet", data], configuration.database);
  await configure(data, backup, target);
  await recover(data, backup, target, configuration, use);
}

/** Throws a {@link BackupError} where PostgreSQL's programs are of another major version than the backup. */
export async function requireProgram(backup: Backup, { database }: Configuration): Promise<void> {
  const { stdout } = await run("postgres", ["--version"], database);
  requireReadable(backup, /\d[\d.]*/.exec(stdout)?.[0] ?? "");
}

/** Of the last restore; a later one would read it twice. */
const ours = "# restore";

async function configure(data: string, { cluster }: Backup, { at, name }: RecoveryTarget): Promise<void> {
  const fetch = [process.execPath, join(import.meta.dirname, "main.ts"), "fetch", cluster, complaint(data)];
  const settings = {
    restore_command: `${fetch.map((word) => `"${word}"`).join(" ")} %f %p`,
    // What was live at that time, not what a later restore has made of it.
    recovery_target_timeline: "current",
    recovery_target_action: "promote",
    ...(at === undefined ? {} : { recovery_target_time: serverTime(at) }),
    ...(name === undefined ? {} : { recovery_target_name: name }),
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = '${value}' ${ours}\n`);
  await appendFile(join(data, "postgresql.auto.conf"), lines.join(""));
  await writeFile(join(data, "recovery.signal"), "");
  await writeFile(join(data, "local.conf"), "local all all trust\n");
}

/** The letters of time zones are not known yet when the server reads it. */
const serverTime = (at: number): string => new Date(at).toISOString().replace("T", " ").replace("Z", "+00");

/** Runs a server until it has replayed the log, reachable by its own socket alone. */
async function recover(
  data: string,
  backup: Backup,
  target: RecoveryTarget,
  configuration: Configuration,
  use: (database: Configuration["database"]) => Promise<void>,
): Promise<void> {
  const settings = {
    listen_addresses: "",
    unix_socket_directories: data,
    hba_file: join(data, "local.conf"),
    // Answers when it is done; and the original's larger limits are no obstacle.
    hot_standby: "off",
    archive_mode: "off",
  };
  const words = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const server = spawn("postgres", ["-D", data, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, LC_ALL: "C" },
  });
  let said = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-20_000)));
  const closed = once(server, "close");
  const own = { ...configuration.database, user: configuration.database.owner, host: data, port: "5432", password: "" };
  try {
    while (!(await isReady(own))) {
      if (server.exitCode !== null) throw new BackupError(await reasonOf(data, backup, target, said));
      await delay(100);
    }
    await use(own);
  } finally {
    server.kill("SIGINT");
    await closed;
  }
  const file = join(data, "postgresql.auto.conf");
  const kept = (await readFile(file, "utf8")).split("\n").filter((line) => !line.endsWith(ours));
  await writeFile(file, kept.join("\n"));
  await rm(join(data, "local.conf"));
}

const isReady = (database: Configuration["database"]): Promise<boolean> =>
  ask("select 1", database).then(
    () => true,
    () => false,
  );

async function reasonOf(data: string, { id }: Backup, { at }: RecoveryTarget, said: string): Promise<string> {
  const complained = await readFile(complaint(data), "utf8").catch(() => "");
  if (complained !== "") return complained;
  const replayed = /last completed transaction was at log time (.*)/.exec(said)?.[1];
  if (at !== undefined && /recovery ended before configured recovery target was reached/.test(said)) {
    const last = replayed === undefined ? "no transaction after the backup" : `the last transaction, of ${replayed}`;
    return `the log ends with ${last}, before ${new Date(at).toISOString()}: leave the time out to restore all there is`;
  }
  const fatal = said.split("\n").filter((line) => /FATAL|PANIC/.test(line));
  return `the backup ${id} did not recover: ${lastLines(fatal.join("\n") || said)}`;
}
