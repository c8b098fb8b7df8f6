import type { Backup } from "./catalogue.ts";

type Known = Pick<Backup, "cluster" | "id" | "finishedAt" | "startSegment">;

/**
 * The backups that are still needed: a restore to any time of the retention begins with the last backup before it, so
 * beside those of the retention the last one before it is kept. With any backup there is, one is kept.
 * @param retention seconds.
 * @param now milliseconds.
 */
export function needed<B extends Known>(backups: readonly B[], retention: number, now: number): readonly B[] {
  const from = now - retention * 1000;
  const ordered = [...backups].sort((a, b) => Date.parse(a.finishedAt) - Date.parse(b.finishedAt));
  const lastBefore = ordered.findLast(({ finishedAt }) => Date.parse(finishedAt) <= from);
  return ordered.filter((backup) => backup === lastBefore || Date.parse(backup.finishedAt) > from);
}

/** Where a segment is in the log, whatever its timeline: the two last of its three numbers. */
const positionOf = (segment: string): string => segment.slice(8, 24);

/** Whether a kept backup of the same cluster may need this file of the log; a timeline's history is small, and always. */
export const isNeeded = (file: string, cluster: string, kept: readonly Known[]): boolean =>
  kept.some(
    (backup) =>
      backup.cluster === cluster && (file.endsWith(".history") || positionOf(file) >= positionOf(backup.startSegment)),
  );

/** The newest backup where its proof is missing: it failed, or was broken off. Undefined where the next backup is due. */
export function unproven<B extends Pick<Backup, "startedAt" | "provenAt">>(
  backups: readonly B[],
  every: number,
  unbrokenSince: number,
  now: number,
): B | undefined {
  const last = backups.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt)).at(-1);
  if (last === undefined || last.provenAt !== undefined) return undefined;
  return now < dueAt([last], every, unbrokenSince) ? last : undefined;
}

/** When the next backup is due, in milliseconds: `every` seconds after the last one's start; at once where the log has a gap since. */
export function dueAt(backups: readonly Pick<Backup, "startedAt">[], every: number, unbrokenSince: number): number {
  const last = Math.max(0, ...backups.map(({ startedAt }) => Date.parse(startedAt)));
  return last < unbrokenSince ? 0 : last + every * 1000;
}
