import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Backup } from "./catalogue.ts";

/** When the certificate in a file ends, in seconds since 1970; undefined for no file, and for one that cannot be read. */
export async function certificateEnd(path: string | undefined): Promise<number | undefined> {
  if (path === undefined) return undefined;
  const pem = await readFile(path).catch(() => undefined);
  try {
    return pem === undefined ? undefined : new X509Certificate(pem).validToDate.getTime() / 1000;
  } catch {
    return undefined;
  }
}

/**
 * In Prometheus' text format; a time is in seconds, 0 for never.
 * @param certificate when the one ends by which the database knows this process; where there is one.
 */
export function metrics(backups: readonly Backup[], failures: number, certificate?: number): string {
  const seconds = (time: string | undefined): number => (time === undefined ? 0 : Date.parse(time) / 1000);
  const last = backups.at(-1);
  const proven = backups.findLast(({ provenAt }) => provenAt !== undefined);
  return [
    gauge(
      "backup_last_proven_timestamp_seconds",
      "When the newest backup that a restore has proven was taken.",
      seconds(proven?.startedAt),
    ),
    gauge(
      "backup_last_taken_timestamp_seconds",
      "When the newest backup was taken, proven or not.",
      seconds(last?.startedAt),
    ),
    gauge("backup_last_size_bytes", "Size of the newest backup, compressed and encrypted.", last?.sizeBytes ?? 0),
    `# HELP backup_failures_total Backups, or restores of one, that failed.\n# TYPE backup_failures_total counter\nbackup_failures_total ${failures}\n`,
    ...(certificate === undefined
      ? []
      : [
          gauge(
            "backup_certificate_end_timestamp_seconds",
            "When the certificate ends that is shown to the database.",
            certificate,
            '{certificate="backup"}',
          ),
        ]),
  ].join("");
}

const gauge = (name: string, help: string, value: number, labels = ""): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name}${labels} ${value}\n`;
