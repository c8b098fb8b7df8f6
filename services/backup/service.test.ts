import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity } from "age-encryption";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freePort } from "../../cli/open/free-port.ts";

const cluster = "1234567";
const segment = "000000010000000000000002";

/** In the place of PostgreSQL's: each says that it was called, answers what the workload asks, and hangs where it shall. */
const programs: Readonly<Record<string, string>> = {
  psql: `case "$*" in
  *pg_control_system*) echo ${cluster} ;;
  *pg_replication_slots*) echo 0 ;;
  *redo_wal_file* | *pg_walfile_name*) echo ${segment} ;;
  *server_version*) echo 17.6 ;;
esac`,
  pg_receivewal: "hang",
  pg_basebackup: `[ "$HANGS" = base ] && hang
tar -c -f - -C "$FOLDER" calls`,
  postgres: "echo 'postgres (PostgreSQL) 17.6'",
  pg_verifybackup: `[ "$HANGS" = proof ] && hang
exit 1`,
};
/** Until the workload is gone: a process of its own would outlive the test. */
const hang = "hang() { while kill -0 $PPID 2> /dev/null; do sleep 0.1; done; exit 1; }";

let folder: string;
let child: ChildProcess;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backup-service-"));
  mkdirSync(join(folder, "bin"));
  for (const [name, script] of Object.entries(programs)) {
    const file = join(folder, "bin", name);
    writeFileSync(file, `#!/bin/sh\n${hang}\necho ${name} >> "$FOLDER/calls"\n${script}\n`);
    chmodSync(file, 0o755);
  }
  mkdirSync(join(folder, "archive", cluster, "wal"), { recursive: true });
  writeFileSync(join(folder, "archive", cluster, "wal", `${segment}.gz.age`), "");
});
afterEach(() => {
  child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function begin(hangs: "base" | "proof" | "nothing"): Promise<void> {
  const key = join(folder, "key");
  if (!existsSync(key)) writeFileSync(key, await generateX25519Identity());
  child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "run"], {
    stdio: "ignore",
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      FOLDER: folder,
      HANGS: hangs,
      PORT: String(await freePort()),
      LOG_LEVEL: "INFO",
      BACKUP_SOCKET: join(folder, "socket"),
      DATABASE_HOST: "nowhere",
      DATABASE_PORT: "5432",
      DATABASE_NAME: "trading",
      DATABASE_OWNER: "trading",
      DATABASE_USER: "backup",
      DATABASE_PASSWORD_FILE: key,
      BACKUP_ARCHIVE: join(folder, "archive"),
      BACKUP_SPOOL: join(folder, "spool"),
      BACKUP_KEY_FILE: key,
      BACKUP_EVERY_SECONDS: "86400",
      BACKUP_RETENTION_SECONDS: "259200",
    },
  });
}

const calls = (name: string): number =>
  readFileSync(join(folder, "calls"), "utf8")
    .split("\n")
    .filter((line) => line === name).length;
const called = (name: string, times = 1): Promise<void> =>
  vi.waitFor(() => expect(calls(name)).toBe(times), { timeout: 30_000, interval: 50 });

/** Asks it to end; its exit code. */
async function stopped(): Promise<unknown> {
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  return (await gone)[0];
}

test("asked to stop, it does not wait for a base backup; what that has left is removed before the next", async () => {
  const left = join(folder, "archive", cluster, "base", "20260101T000000Z");
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, "base.tar.gz.age.new"), "half");
  await begin("base");
  await called("pg_basebackup");
  expect(existsSync(left)).toBe(false);
  expect(await stopped()).toBe(0);
});

test("a backup whose proof was broken off is proven after the next start, and no other is taken for it", async () => {
  await begin("proof");
  await called("pg_verifybackup");
  expect(await stopped()).toBe(0);
  await begin("nothing");
  await called("pg_verifybackup", 2);
  expect(calls("pg_basebackup")).toBe(1);
});
