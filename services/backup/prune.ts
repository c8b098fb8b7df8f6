import { rm } from "node:fs/promises";
import { archivedFile, backupsIn, baseFolder, clustersIn, logFilesIn } from "./catalogue.ts";
import type { Configuration } from "./configuration.ts";
import { isNeeded, needed } from "./retention.ts";

/** Removes what no restore to a time of the retention needs; how many backups that were. */
export async function prune({ archive, retention }: Configuration, now = Date.now()): Promise<number> {
  const backups = await backupsIn(archive);
  const kept = needed(backups, retention, now);
  const gone = backups.filter((backup) => !kept.includes(backup));
  for (const backup of gone) await rm(baseFolder(archive, backup), { recursive: true });
  // Before the first backup there is nothing to compare with: its log may be on the way.
  for (const cluster of backups.length === 0 ? [] : await clustersIn(archive)) {
    if (kept.every((backup) => backup.cluster !== cluster) && backups.every((backup) => backup.cluster !== cluster))
      continue;
    for (const file of await logFilesIn(archive, cluster)) {
      if (!isNeeded(file, cluster, kept)) await rm(archivedFile(archive, cluster, file));
    }
  }
  return gone.length;
}
