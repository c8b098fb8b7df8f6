import type { Backup } from "./catalogue.ts";
import { BackupError } from "./configuration.ts";

/**
 * The backup that a restore to a time begins with: the last that was finished by then. Without a time the last of all.
 * Throws a {@link BackupError} where there is none.
 * @param at milliseconds.
 */
export function chosen(backups: readonly Backup[], at?: number, now = Date.now()): Backup {
  const [oldest] = backups;
  if (oldest === undefined) throw new BackupError("there is no backup yet");
  if (at !== undefined && at > now) throw new BackupError(`${iso(at)} is in the future`);
  const found = backups.findLast(({ finishedAt }) => at === undefined || Date.parse(finishedAt) <= at);
  if (found === undefined) {
    throw new BackupError(
      `${iso(at ?? 0)} is before the end of the oldest backup: from ${oldest.finishedAt} on there is a way back`,
    );
  }
  return found;
}

/**
 * Throws a {@link BackupError} where the log begins anew between the backup and the time: the backup would lead to what
 * a restore has discarded since.
 * @param since when the log of the backup's cluster last began, in milliseconds.
 * @param at as of {@link chosen}.
 */
export function requireUnbroken({ startedAt, id }: Backup, since: number | undefined, at?: number): void {
  if (since === undefined || Date.parse(startedAt) >= since || (at !== undefined && at < since)) return;
  throw new BackupError(
    `since ${iso(since)}, when the log began anew (after a restore, or a gap), there is no backup yet; the last one before is ${id}: ` +
      "wait for the next one, or name a time before that with --at",
  );
}

const iso = (time: number): string => new Date(time).toISOString();

/** Throws a {@link BackupError} where this server cannot read what that one wrote: from one major version to the next its files change. */
export function requireReadable({ id, serverVersion }: Backup, ownVersion: string): void {
  const [theirs, own] = [serverVersion, ownVersion].map((version) => version.split(".")[0]);
  if (theirs === own) return;
  const way =
    Number(theirs) > Number(own) ? "restore it with that version" : "restore it with that version, then upgrade";
  throw new BackupError(
    `the backup ${id} is of PostgreSQL ${serverVersion}, and this is ${ownVersion}, which cannot read it: ${way} (setting images.versions.postgres)`,
  );
}
