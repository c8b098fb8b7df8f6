import { existsSync, readdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { backupsIn, unbrokenSince, writeUnbrokenSince } from "./catalogue.ts";
import { chosen, requireUnbroken } from "./choose.ts";
import { BackupError, type Configuration, readConfiguration } from "./configuration.ts";
import { fetchLog } from "./fetch.ts";
import { makeLog } from "./log.ts";
import { complaint, requireProgram, restoreInto } from "./restore.ts";
import { serve } from "./service.ts";

const usage = `usage: backup <command>
  run                                       receive the log, back up when it is due, prove each backup
  now                                       have the process that runs take a backup and prove it
  list                                      the backups, as JSON
  restore --data <folder> [--at <time>] [--force] [--check]
                                            make the data folder of a stopped database as it was (at a time, ISO 8601);
                                            --check says what it would restore, or why it refuses: nothing is touched
  fetch <cluster> <complaint> <file> <to>   what PostgreSQL calls during a restore`;

async function main([command, ...words]: readonly string[]): Promise<number> {
  const known = ["run", "now", "list", "restore", "fetch"];
  if (command === undefined || !known.includes(command)) throw new BackupError(usage);
  const configuration = await readConfiguration(process.env);
  if (command === "run") await runUntilStopped(configuration);
  else if (command === "now") console.log(await askForBackup(configuration));
  else if (command === "list") console.log(JSON.stringify(await backupsIn(configuration.archive), undefined, 2));
  else if (command === "restore") await restore(words, configuration);
  else {
    const [cluster = "", complaints = "", file = "", to = ""] = words;
    return fetchLog({ cluster, complaint: complaints, file, to }, configuration);
  }
  return 0;
}

async function runUntilStopped(configuration: Configuration): Promise<void> {
  const log = makeLog(configuration.logLevel);
  const asked = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => asked.abort());
  await serve(configuration, log, asked.signal);
  log.always("INFO", "stopped");
  // What a backup that is under way has started ends with the container.
  process.exit(0);
}

function askForBackup({ socket }: Configuration): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath: socket, method: "POST" }, async (response) => {
      const said = await text(response);
      if (response.statusCode === 200) resolve(said);
      else reject(new BackupError(said));
    })
      .on("error", () => reject(new BackupError(`nothing runs at ${socket}: is the workload backup up?`)))
      .end();
  });
}

/** The old folder stays beside the new one until somebody removes it. */
async function restore(words: readonly string[], configuration: Configuration): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      data: { type: "string" },
      at: { type: "string" },
      force: { type: "boolean" },
      check: { type: "boolean" },
    },
  });
  const { data, at, force = false, check = false } = values;
  if (data === undefined) throw new BackupError(usage);
  const time = at === undefined ? undefined : Date.parse(at);
  if (time !== undefined && Number.isNaN(time)) {
    throw new BackupError(`--at "${at}" is no time; it must be ISO 8601 with its zone, as 2026-11-25T21:30:00Z`);
  }
  const isThere = existsSync(data) && readdirSync(data).length > 0;
  if (isThere && !force) {
    throw new BackupError(
      `${data} holds a database: --force puts the restored one in its place, and keeps the old one beside it`,
    );
  }
  const backup = chosen(await backupsIn(configuration.archive), time);
  requireUnbroken(backup, await unbrokenSince(configuration.archive, backup.cluster), time);
  await requireProgram(backup, configuration);
  if (check) {
    console.log(JSON.stringify({ backup: backup.id, isThere }));
    return;
  }
  const work = `${data}.restoring`;
  try {
    await restoreInto(work, backup, time === undefined ? {} : { at: time }, configuration);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(complaint(work), { force: true });
  }
  const old = `${data}.before-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
  if (isThere) await rename(data, old);
  else await rm(data, { recursive: true, force: true });
  await rename(work, data);
  // What is written from now on is in no log until a new backup begins one.
  await writeUnbrokenSince(configuration.archive, backup.cluster, Date.now());
  console.log(JSON.stringify({ backup: backup.id, ...(isThere ? { old } : {}) }));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BackupError)) throw error;
  console.error(`backup: ${error.message.replaceAll("\n", "\nbackup: ")}`);
  process.exitCode = 2;
}
