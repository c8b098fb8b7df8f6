import { alertPanel } from "./alert-panel.ts";
import { type Dashboard, lines, rateWindow, type Shown, where } from "./dashboard.ts";

const exporter = 'job="postgres-exporter"';
const ofDatabases = `${exporter},datname=~"$database"`;

/** PostgreSQL, as postgres_exporter sees it. */
export const databaseDashboard = (shown: Shown): Dashboard => ({
  uid: "database",
  title: "Database",
  description: "Whether PostgreSQL answers, how full it is, what it waits for.",
  variables: [
    {
      kind: "label",
      name: "database",
      title: "Database",
      source: "prometheus",
      label: "datname",
      of: `pg_database_size_bytes{${exporter}}`,
    },
  ],
  rows: [
    {
      title: "What pages",
      panels: [
        ...alertPanel(shown, "HighDatabaseConnections", {
          title: "Connections in use",
          unit: "percent",
          legends: ["of those that are not reserved"],
        }),
        ...alertPanel(shown, "DatabaseDown", { title: "Database answers", unit: "bool_yes_no", legends: ["answers"] }),
        ...alertPanel(shown, "LongRunningQueries", {
          title: "Oldest transaction",
          unit: "s",
          legends: ["open for"],
        }),
        ...alertPanel(shown, "BackupTooOld", {
          title: "Hours since the last proven backup",
          unit: "short",
          legends: ["hours; none is infinite"],
        }),
      ],
    },
    { title: "Work", panels: where(shown, "postgres-exporter", ...work) },
    { title: "Backups", panels: where(shown, "backup", ...backups) },
  ],
});

const perSecond = (metric: string) => `sum(rate(pg_stat_database_${metric}{${ofDatabases}}[${rateWindow}]))`;

const work = [
  lines(
    { title: "Transactions", unit: "ops", description: "A rollback is an error, or a client that went away." },
    [perSecond("xact_commit"), "committed"],
    [perSecond("xact_rollback"), "rolled back"],
  ),
  lines(
    { title: "Connections by state", unit: "short", description: "idle in transaction holds locks and does nothing." },
    [`sum by (state) (pg_stat_activity_count{${ofDatabases}})`, "{{state}}"],
  ),
  lines({ title: "Locks", unit: "short", description: "Held locks by mode; many exclusive ones make others wait." }, [
    `sum by (mode) (pg_locks_count{${ofDatabases}})`,
    "{{mode}}",
  ]),
  lines(
    {
      title: "Blocks found in memory",
      unit: "percent",
      description: "Far below 99 % the working set is larger than the memory: queries wait for the disk.",
    },
    [`100 * ${perSecond("blks_hit")} / (${perSecond("blks_hit")} + ${perSecond("blks_read")})`, "in memory"],
  ),
  lines(
    {
      title: "Deadlocks",
      unit: "ops",
      description: "Transactions that were ended because they waited for each other.",
    },
    [perSecond("deadlocks"), "deadlocks"],
  ),
  lines({ title: "Size", unit: "bytes", description: "Of each database on disk." }, [
    `max by (datname) (pg_database_size_bytes{${ofDatabases}})`,
    "{{datname}}",
  ]),
] as const;

const backups = [
  lines(
    {
      title: "Age of the newest backup",
      unit: "s",
      description:
        "Taken, and taken and proven by a restore: a gap between them is a backup that may be worth nothing.",
    },
    ["time() - max(backup_last_taken_timestamp_seconds)", "taken"],
    ["time() - max(backup_last_proven_timestamp_seconds)", "proven"],
  ),
  lines(
    { title: "Size of the newest backup", unit: "bytes", description: "Compressed and encrypted, without the log." },
    ["max(backup_last_size_bytes)", "size"],
  ),
  lines(
    {
      title: "Failed backups",
      unit: "ops",
      description: "Backups, or restores of one, that failed; each is tried again.",
    },
    [`sum(rate(backup_failures_total[${rateWindow}]))`, "failed"],
  ),
] as const;
