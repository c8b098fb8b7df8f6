import { rm } from "node:fs/promises";
import { join } from "node:path";
import { archived } from "./base.ts";
import { type Backup, writeBackup } from "./catalogue.ts";
import type { Configuration } from "./configuration.ts";
import { ask, ended, start } from "./programs.ts";
import { complaint, restoreInto } from "./restore.ts";

/**
 * Restores a backup to this moment, beside the database, and reads every row of it. Only then does the backup count:
 * base, log, key and program have all done what they will have to do. Throws a BackupError where one did not.
 */
export async function prove(configuration: Configuration, backup: Backup): Promise<Backup> {
  const { archive, spool, database } = configuration;
  const name = `backup-${Date.now()}`;
  const segment = await ask(`select pg_walfile_name(pg_create_restore_point('${name}'))`, database);
  await ask("select pg_switch_wal()", database);
  await archived(archive, backup.cluster, segment);
  const data = join(spool, "proof");
  try {
    await restoreInto(data, backup, { name }, configuration, async (restored) => {
      const child = start("pg_dumpall", ["--no-password", `--database=${restored.name}`], restored);
      child.stdout.resume();
      child.stderr.resume();
      await ended("pg_dumpall", child);
    });
  } finally {
    await rm(data, { recursive: true, force: true });
    await rm(complaint(data), { force: true });
  }
  const proven = { ...backup, provenAt: new Date().toISOString() };
  await writeBackup(archive, proven);
  return proven;
}
