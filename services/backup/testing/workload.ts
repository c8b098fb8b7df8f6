import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { generateX25519Identity } from "age-encryption";
import pg from "pg";
import { packageFiles, type Service, sourceFiles } from "../../../cli/images/service-files.ts";
import { freePort } from "../../../cli/open/free-port.ts";
import { debianObstacle, installDebian } from "../../../cli/setup/debian.ts";
import { letInPath } from "../../../components/application/backup.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { settingsOf } from "../../../tests/support/stacks.ts";

/** A database and the workload beside it, as two containers are: programs of the image, one user, folders of their own. */
export interface Ground {
  readonly folder: string;
  /** Of the database; a restore puts another one in its place. */
  readonly data: string;
  readonly archive: string;
  readonly spool: string;
  readonly keyFile: string;
  readonly metricsPort: number;
  query(text: string, values?: readonly unknown[]): Promise<readonly unknown[][]>;
  startDatabase(): Promise<void>;
  stopDatabase(signal?: NodeJS.Signals): Promise<void>;
  startBackup(environment?: Readonly<Record<string, string>>): Promise<void>;
  stopBackup(signal?: NodeJS.Signals): Promise<void>;
  /** Runs one command of the workload. */
  command(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>;
  /** What the workload has logged so far. */
  logged(): string;
  remove(): Promise<void>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const backupService: Service = { workspace: "services/backup", beside: [] };

const postgresFolder = (): string | undefined => globSync("/usr/lib/postgresql/*/bin").sort().at(-1);

/** Undefined, with the reason printed, where this machine has no PostgreSQL and cannot install it. */
export async function madeGround(): Promise<Ground | undefined> {
  if (postgresFolder() === undefined) {
    const obstacle = debianObstacle();
    if (obstacle !== undefined) {
      console.warn(`skipped: PostgreSQL is missing, and ${obstacle}`);
      return undefined;
    }
    await installDebian(["postgresql"]);
  }
  const programs = postgresFolder() ?? "";
  const folder = mkdtempSync(join(tmpdir(), "backup-test-"));
  const user = postgresUser();
  const own = (path: string): string => {
    if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
    return path;
  };
  const made = (name: string): string => {
    mkdirSync(join(folder, name), { mode: 0o700 });
    return own(join(folder, name));
  };
  own(folder);
  const [home, archive, spool] = [made("database"), made("archive"), made("spool")];
  const data = join(home, "pgdata");
  layOut(folder);
  const keyFile = join(folder, "key");
  const passwordFile = join(folder, "password");
  writeFileSync(keyFile, `${await generateX25519Identity()}\n`);
  writeFileSync(passwordFile, "of-a-test-alone");
  const [port, metricsPort] = [await freePort(), await freePort()];
  execFileSync(join(programs, "initdb"), ["--no-sync", "--auth=trust", "--username=trading", data], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
  const environment = {
    PATH: `${programs}:${process.env.PATH}`,
    PORT: String(metricsPort),
    LOG_LEVEL: "INFO",
    BACKUP_SOCKET: join(folder, "backup.sock"),
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: String(port),
    DATABASE_NAME: "postgres",
    DATABASE_OWNER: "trading",
    DATABASE_USER: "backup",
    DATABASE_PASSWORD_FILE: passwordFile,
    BACKUP_ARCHIVE: archive,
    BACKUP_SPOOL: spool,
    BACKUP_KEY_FILE: keyFile,
    BACKUP_EVERY_SECONDS: "86400",
    BACKUP_RETENTION_SECONDS: "604800",
  };
  const words = (command: readonly string[]) => [join(folder, "app", "services", "backup", "main.ts"), ...command];
  const node = join(folder, "node");
  const letIn = (): void => {
    const script = mountedFile(describePlatform(settingsOf("dev")), "database", letInPath);
    execFileSync("sh", ["-eu", "-c", script.replace("/etc/database/backup-password", passwordFile)], {
      ...user,
      cwd: folder,
      env: {
        PATH: environment.PATH,
        PGDATA: data,
        PGHOST: folder,
        PGPORT: String(port),
        POSTGRES_USER: "trading",
        POSTGRES_DB: "postgres",
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
  };
  let database: ChildProcess | undefined;
  let backup: ChildProcess | undefined;
  let logged = "";

  const query: Ground["query"] = async (text, values = []) => {
    const client = new pg.Client({ host: "127.0.0.1", port, user: "trading", database: "postgres" });
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query({ text, values: [...values], rowMode: "array" })).rows;
    } finally {
      await client.end();
    }
  };

  const ground: Ground = {
    folder,
    data,
    archive,
    spool,
    keyFile,
    metricsPort,
    query,
    startDatabase: async () => {
      const settings = ["-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "archive_timeout=60s"];
      database = spawn(join(programs, "postgres"), ["-D", data, "-p", String(port), ...settings], {
        ...user,
        cwd: folder,
        stdio: "ignore",
      });
      await until("the database answers", () => query("select 1"));
      letIn();
    },
    stopDatabase: (signal = "SIGINT") => stopped(database, signal),
    startBackup: async (more = {}) => {
      backup = spawn(node, words(["run"]), {
        ...user,
        cwd: folder,
        env: { ...environment, ...more },
        stdio: ["ignore", "pipe", "inherit"],
      });
      backup.stdout?.setEncoding("utf8").on("data", (text: string) => (logged += text));
      await until("the workload answers", () => fetch(`http://127.0.0.1:${metricsPort}/health`));
    },
    stopBackup: (signal = "SIGTERM") => stopped(backup, signal),
    command: (command, more = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(node, words(command), { ...user, cwd: folder, env: { ...environment, ...more } });
        let [stdout, stderr] = ["", ""];
        child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        child.on("error", reject);
        child.on("close", (code) => resolve({ code, stdout, stderr }));
      }),
    logged: () => logged.slice(-3_000),
    remove: async () => {
      await stopped(backup, "SIGKILL");
      await stopped(database, "SIGQUIT");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return ground;
}

/** As in the image, below /app; and Node's program, which the user of the database may not reach elsewhere. */
function layOut(folder: string): void {
  const app = join(folder, "app");
  for (const [path, content] of [...sourceFiles(backupService), ...packageFiles(backupService)]) {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), content);
  }
  writeFileSync(join(app, "package.json"), '{"type":"module"}\n');
  copyFileSync(process.execPath, join(folder, "node"));
}

/** PostgreSQL refuses to run as root. */
function postgresUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (what: string): number => Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function stopped(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("close", resolve));
  child.kill(signal);
  await gone;
}

/** Asks until it does not throw, at most four minutes: on two cores that others use, a base backup and its proof take one. */
export async function until<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> {
  const end = Date.now() + 240_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > end) throw new Error(`${what}: not within four minutes`, { cause: error });
      await delay(50);
    }
  }
}
