import { table } from "../console/table.ts";
import type { Backup } from "./stack.ts";

/** A row for each backup, the newest last. */
export const backupsText = (stack: string, backups: readonly Backup[]): string =>
  backups.length === 0
    ? `${stack}: no backup yet; ./platform backup ${stack} now takes one`
    : table([
        ["backup", "taken", "PostgreSQL", "size", "proven by a restore"],
        ...backups.map(({ id, startedAt, serverVersion, sizeBytes, provenAt }) => [
          id,
          startedAt,
          serverVersion,
          sizeText(sizeBytes),
          provenAt ?? "no: it does not count",
        ]),
      ]);

const sizeText = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

/** What the workload has made of a person's wish. */
export const takenText = (stack: string, { id, sizeBytes, startedAt, provenAt = startedAt }: Backup): string =>
  `${stack}: backup ${id} is taken and proven (${sizeText(sizeBytes)}, ${secondsBetween(startedAt, provenAt)} s)`;

const secondsBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 1000);
