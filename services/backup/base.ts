import { mkdir, rm, stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type Backup, baseFile, baseFolder, isArchived, removeUnfinished, writeBackup } from "./catalogue.ts";
import { BackupError, type Configuration } from "./configuration.ts";
import { ask, ended, lastLines, start } from "./programs.ts";
import { seal } from "./sealed.ts";

/** Milliseconds that the log may take from the server to the archive. */
const logPatience = 120_000;

/**
 * Takes a base backup of the running database. It counts when the log up to its end is in the archive as well.
 * Throws a {@link BackupError} where it does not come to that; what was begun is removed.
 */
export async function takeBackup(configuration: Configuration, cluster: string): Promise<Backup> {
  const { archive, database } = configuration;
  await removeUnfinished(archive);
  const startedAt = new Date();
  const id = startedAt.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const folder = baseFolder(archive, { cluster, id });
  await mkdir(folder, { recursive: true });
  try {
    // The backup begins with a checkpoint of its own, which comes after the last one.
    const startSegment = await ask("select redo_wal_file from pg_control_checkpoint()", database);
    await receiveBase(configuration, baseFile(archive, { cluster, id }));
    // The end of the backup has switched it, mostly: then this does nothing, and answers with the first byte of the next
    // segment. From PostgreSQL 17 on that byte is the next one's, which nobody finishes before archive_timeout.
    const end = await ask("select pg_walfile_name(pg_switch_wal() - 1)", database);
    await archived(archive, cluster, end);
    const backup: Backup = {
      cluster,
      id,
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      serverVersion: (await ask("show server_version", database)).split(" ")[0] ?? "",
      startSegment,
      sizeBytes: (await stat(baseFile(archive, { cluster, id }))).size,
    };
    await writeBackup(archive, backup);
    return backup;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function receiveBase(configuration: Configuration, file: string): Promise<void> {
  // The log comes by the slot; without a pause between checkpoints, so that it begins at once.
  const words = ["-D", "-", "-Ft", "-X", "none", "-c", "fast", "--no-password", "--label=backup"];
  const child = start("pg_basebackup", words, configuration.database);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  // A tar that was cut off must not pass for a whole one: it counts when the program says that it ended well.
  const [ending] = await Promise.allSettled([ended("pg_basebackup", child), seal(child.stdout, file, configuration)]);
  if (ending.status === "rejected") throw new BackupError(`no base backup: ${lastLines(said) || ending.reason}`);
}

/** Waits until a segment is in the archive. */
export async function archived(archive: string, cluster: string, segment: string): Promise<void> {
  const until = Date.now() + logPatience;
  while (!(await isArchived(archive, cluster, segment))) {
    if (Date.now() > until) {
      throw new BackupError(
        `the log up to ${segment} did not arrive within ${logPatience / 1000} s: is pg_receivewal connected, and is there room?`,
      );
    }
    await delay(100);
  }
}
