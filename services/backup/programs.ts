import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { BackupError, type Database } from "./configuration.ts";

/** What libpq's programs read; the password is in no argument. */
const connection = ({ host, port, name, user, password }: Database): NodeJS.ProcessEnv => ({
  ...process.env,
  PGHOST: host,
  PGPORT: port,
  PGDATABASE: name,
  PGUSER: user,
  PGPASSWORD: password,
  PGAPPNAME: "backup",
  PGCONNECT_TIMEOUT: "10",
  LC_ALL: "C",
});

/** Starts one of PostgreSQL's client programs. */
export const start = (program: string, words: readonly string[], database: Database): ChildProcessWithoutNullStreams =>
  spawn(program, words, { env: connection(database) });

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
}

/** Resolves when the process has ended well; throws a {@link BackupError} with the last of what it said. */
export async function ended(program: string, child: ChildProcessWithoutNullStreams): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new BackupError(`${program} ended with ${code ?? child.signalCode}`);
}

/** Runs one of PostgreSQL's client programs to its end. */
export async function run(program: string, words: readonly string[], database: Database): Promise<Ended> {
  const child = start(program, words, database);
  child.stdin.end();
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    await ended(program, child);
  } catch (error) {
    const [, stderr] = await said;
    throw new BackupError(`${error instanceof Error ? error.message : error}: ${explained(stderr)}`);
  }
  const [stdout, stderr] = await said;
  return { stdout, stderr };
}

/** One value of one row. */
export async function ask(query: string, database: Database): Promise<string> {
  const { stdout } = await run(
    "psql",
    ["--no-psqlrc", "--no-password", "-Atq", "-v", "ON_ERROR_STOP=1", "-c", query],
    database,
  );
  return stdout.trim();
}

const notLetIn =
  /password authentication failed|no pg_hba\.conf entry|permission denied for function|role "\w+" does not exist/;

/** The last of what was said; with the way out where the database does not know the backup. */
const explained = (said: string): string =>
  notLetIn.test(said)
    ? `${lastLines(said)} (is the database older than its backup, or the secret backupPassword new? In its container, run: sh /docker-entrypoint-initdb.d/backup.sh)`
    : lastLines(said);

export const lastLines = (said: string): string => said.trim().split("\n").slice(-3).join("; ");
