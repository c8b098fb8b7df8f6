import type { Backup } from "./catalogue.ts";

/** In Prometheus' text format; a time is in seconds, 0 for never. */
export function metrics(backups: readonly Backup[], failures: number): string {
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
  ].join("");
}

const gauge = (name: string, help: string, value: number): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`;
