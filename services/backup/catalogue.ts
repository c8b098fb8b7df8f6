import { access, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sealing } from "./sealed.ts";

/**
 * The archive's folders. A cluster is one `initdb`, named by PostgreSQL's system identifier: segments of two clusters
 * have the same names.
 *
 * | entry | holds |
 * |---|---|
 * | `<cluster>/base/<id>/base.tar.gz.age` | a base backup |
 * | `<cluster>/base/<id>/backup.json` | what is known of it; written last, so what has none does not count |
 * | `<cluster>/wal/<segment>.gz.age` | a segment of the write-ahead log, or a timeline's history |
 * | `<cluster>/slot.json` | since when the log is received without a gap |
 */
export interface Backup {
  readonly cluster: string;
  /** The time of its start, as it stands in names: `20261125T213000Z`. */
  readonly id: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** As `17.6`. */
  readonly serverVersion: string;
  /** The first segment of the log that a restore needs. */
  readonly startSegment: string;
  readonly sizeBytes: number;
  /** When a restore of it succeeded; absent until then. */
  readonly provenAt?: string;
}

export const baseFolder = (archive: string, { cluster, id }: Pick<Backup, "cluster" | "id">): string =>
  join(archive, cluster, "base", id);
export const baseFile = (archive: string, backup: Pick<Backup, "cluster" | "id">): string =>
  join(baseFolder(archive, backup), `base.tar${sealing}`);
export const walFolder = (archive: string, cluster: string): string => join(archive, cluster, "wal");

export const archivedFile = (archive: string, cluster: string, logFile: string): string =>
  join(walFolder(archive, cluster), `${logFile}${sealing}`);

const entries = async (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });

export const clustersIn = async (folder: string): Promise<readonly string[]> =>
  (await entries(folder)).filter((name) => /^\d+$/.test(name));

/** Names of segments and histories, without the sealing. */
export const logFilesIn = async (archive: string, cluster: string): Promise<readonly string[]> =>
  (await entries(walFolder(archive, cluster)))
    .filter((name) => name.endsWith(sealing))
    .map((name) => name.slice(0, -sealing.length));

/** Asked every second: an archive of a week has ten thousand files, and to list them takes 10 ms of a processor. */
export const isArchived = (archive: string, cluster: string, logFile: string): Promise<boolean> =>
  access(archivedFile(archive, cluster, logFile)).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );

/** Every finished backup, the oldest first. */
export async function backupsIn(archive: string): Promise<readonly Backup[]> {
  const found: Backup[] = [];
  for (const cluster of await clustersIn(archive)) {
    for (const id of await entries(join(archive, cluster, "base"))) {
      const text = await readFile(join(archive, cluster, "base", id, "backup.json"), "utf8").catch(() => undefined);
      if (text !== undefined) found.push({ ...JSON.parse(text), cluster, id });
    }
  }
  return found.sort((a, b) => Date.parse(a.finishedAt) - Date.parse(b.finishedAt));
}

export const writeBackup = (archive: string, backup: Backup): Promise<void> =>
  writeWhole(join(baseFolder(archive, backup), "backup.json"), `${JSON.stringify(backup, undefined, 2)}\n`);

/** Removes what base backups left that were never finished, because who took them was killed. */
export async function removeUnfinished(archive: string): Promise<void> {
  for (const cluster of await clustersIn(archive)) {
    for (const id of await entries(join(archive, cluster, "base"))) {
      const folder = baseFolder(archive, { cluster, id });
      if (!(await entries(folder)).includes("backup.json")) await rm(folder, { recursive: true, force: true });
    }
  }
}

const slotFile = (archive: string, cluster: string): string => join(archive, cluster, "slot.json");

/** Since when the log is received without a gap, in milliseconds: of one cluster, or of the one that came last. */
export async function unbrokenSince(archive: string, cluster?: string): Promise<number | undefined> {
  const times: number[] = [];
  for (const one of cluster === undefined ? await clustersIn(archive) : [cluster]) {
    const text = await readFile(slotFile(archive, one), "utf8").catch(() => undefined);
    const { createdAt }: { createdAt?: number } = text === undefined ? {} : JSON.parse(text);
    if (createdAt !== undefined) times.push(createdAt);
  }
  return times.length === 0 ? undefined : Math.max(...times);
}

export const writeUnbrokenSince = (archive: string, cluster: string, createdAt: number): Promise<void> =>
  writeWhole(slotFile(archive, cluster), JSON.stringify({ createdAt }));

/** Whole or not at all. */
async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
