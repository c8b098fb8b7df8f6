import { createReadStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { archivedFile, clustersIn, isArchived, unbrokenSince, walFolder, writeUnbrokenSince } from "./catalogue.ts";
import type { Configuration } from "./configuration.ts";
import { complainer, type Log } from "./log.ts";
import { ask, ended, lastLines, start } from "./programs.ts";
import { seal, sealing } from "./sealed.ts";

/** With it the server keeps what was not received yet. */
const slot = "backup";

const segment = /^[0-9A-F]{24}$/;
const finished = /^(?:[0-9A-F]{24}|[0-9A-F]{8}\.history)$/;

/** Milliseconds between two attempts, and between two looks into the spool. */
const pause = 1_000;

/** Receives the log for as long as the process runs; what goes wrong is logged and tried again. */
export async function receiveForever(configuration: Configuration, log: Log, stop: AbortSignal): Promise<void> {
  const complain = complainer(log, "receiving_failed");
  while (!stop.aborted) {
    try {
      await receive(configuration, await openStream(configuration), log, stop);
    } catch (error) {
      if (!stop.aborted) complain(error);
    }
    await delay(pause, undefined, { signal: stop }).catch(() => {});
  }
}

let opening: Promise<string> | undefined;

/** As {@link open}, once for all who ask at the same time: receiving begins, and the first backup. */
export function openStream(configuration: Configuration): Promise<string> {
  opening ??= open(configuration).finally(() => {
    opening = undefined;
  });
  return opening;
}

/**
 * The cluster that answers. Makes the slot where there is none. The log before it may be lost (a new or restored database has no slot), so what
 * was received until then is put away, and a new backup is due.
 */
async function open({ database, archive, spool, recipient }: Configuration): Promise<string> {
  const cluster = await ask("select system_identifier from pg_control_system()", database);
  await mkdir(join(spool, cluster), { recursive: true });
  await mkdir(walFolder(archive, cluster), { recursive: true });
  const there = await ask(
    `select count(*) from pg_replication_slots where slot_name = '${slot}' and wal_status <> 'lost'`,
    database,
  );
  if (there === "1" && (await unbrokenSince(archive, cluster)) !== undefined) return cluster;
  await putAway(join(spool, cluster), walFolder(archive, cluster), recipient);
  await ask(
    `select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '${slot}'`,
    database,
  );
  // From now on, not from the first segment that is received: what is written until then belongs to the backup.
  await ask(`select pg_create_physical_replication_slot('${slot}', true)`, database);
  await writeUnbrokenSince(archive, cluster, Date.now());
  return cluster;
}

/** Archives what a broken stream left, the unfinished segment under its own name. */
async function putAway(from: string, to: string, recipient: string): Promise<void> {
  for (const name of await readdir(from)) {
    await seal(createReadStream(join(from, name)), join(to, `${name}${sealing}`), { recipient });
    await rm(join(from, name));
  }
}

async function receive(
  { database, spool }: Configuration,
  cluster: string,
  log: Log,
  stop: AbortSignal,
): Promise<void> {
  const words = ["-D", join(spool, cluster), `--slot=${slot}`, "--no-loop", "--no-password", "--status-interval=1"];
  const child = start("pg_receivewal", words, database);
  const end = () => child.kill("SIGINT");
  stop.addEventListener("abort", end);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2_000)));
  child.stdout.resume();
  log.at("INFO", "receiving");
  try {
    await ended("pg_receivewal", child);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}: ${lastLines(said)}`);
  } finally {
    stop.removeEventListener("abort", end);
  }
}

/** Encrypts finished segments into the archive, for as long as the process runs. */
export async function archiveForever(configuration: Configuration, log: Log, stop: AbortSignal): Promise<void> {
  const complain = complainer(log, "archiving_failed");
  while (!stop.aborted) {
    try {
      for (const cluster of await clustersIn(configuration.spool)) await archiveFinished(configuration, cluster);
    } catch (error) {
      complain(error);
    }
    await delay(pause, undefined, { signal: stop }).catch(() => {});
  }
}

/** The last segment stays in the spool too: by it pg_receivewal knows where to go on. */
async function archiveFinished({ spool, archive, recipient }: Configuration, cluster: string): Promise<void> {
  const folder = join(spool, cluster);
  const names = (await readdir(folder)).sort();
  const last = names.findLast((name) => segment.test(name.replace(/\.partial$/, "")));
  for (const name of names.filter((one) => finished.test(one))) {
    const file = join(folder, name);
    if (!(await isArchived(archive, cluster, name))) {
      await seal(createReadStream(file), archivedFile(archive, cluster, name), { recipient });
    }
    if (name !== last) await rm(file);
  }
}
