import type { Alert, Watched } from "./alert.ts";
import { holds, type State } from "./behaviour.ts";
import { humanizedDuration, oneDecimal } from "./behaviour-text.ts";
import { afterAllWasKilled, present } from "./present.ts";
import { thresholdsOf } from "./thresholds.ts";

/** What postgres_exporter and an own database's backup see; without them there is nothing to ask. */
export const databaseAlerts = (watched: Watched): readonly Alert[] => [
  ...(watched.jobs.includes("postgres-exporter")
    ? [highDatabaseConnections(watched), databaseDown(watched), longRunningQueries(watched)]
    : []),
  ...(watched.jobs.includes("backup") ? [backupTooOld(watched)] : []),
];

const common = { category: "database", team: "database", service: "database" } as const;
const exporter = '{job="postgres-exporter"}';

function highDatabaseConnections({ settings: { alerts } }: Watched): Alert {
  const limit = thresholdsOf(alerts, "HighDatabaseConnections").databaseConnectionsPercent;
  const setting = (name: string) => `max(pg_settings_${name}${exporter})`;
  // Reserved for superusers, and from PostgreSQL 16 on for one more role: the application gets none of them.
  const usable = `(${setting("max_connections")} - ${setting("superuser_reserved_connections")} - (${setting("reserved_connections")} or vector(0)))`;
  const connections = (count: number): State => ({
    'pg_stat_activity_count{job="postgres-exporter",datname="trading",state="active"}': holds(count / 2),
    'pg_stat_activity_count{job="postgres-exporter",datname="trading",state="idle"}': holds(count / 2),
    'pg_settings_max_connections{job="postgres-exporter"}': holds(105),
    'pg_settings_superuser_reserved_connections{job="postgres-exporter"}': holds(3),
  });
  const reserved = { 'pg_settings_reserved_connections{job="postgres-exporter"}': holds(2) };
  return {
    ...common,
    name: "HighDatabaseConnections",
    severity: "warning",
    expression: `100 * sum(pg_stat_activity_count${exporter}) / ${usable} > ${limit}`,
    for: alerts.timing.warning.for,
    summary: '{{ printf "%.1f" $value }} % of the database\'s connections are in use',
    description: `More than ${limit} % of the connections that are not reserved are taken; when all are, requests fail.`,
    behaviour: {
      calm: { ...connections(0.9 * limit), ...reserved },
      fault: { ...connections(1.1 * limit), ...reserved },
      tells: [{ summary: `${oneDecimal(1.1 * limit)} % of the database's connections are in use` }],
      cases: [
        {
          name: "PostgreSQL before 16 reserves for superusers alone",
          state: connections(1.02 * 1.1 * limit),
          tells: [{ summary: `${oneDecimal(1.1 * limit)} % of the database's connections are in use` }],
        },
      ],
    },
  };
}

function databaseDown({ settings }: Watched): Alert {
  const { for: lasting } = settings.alerts.timing.critical;
  const tells = [{ summary: "The database does not answer" }];
  return {
    ...common,
    name: "DatabaseDown",
    severity: "critical",
    // A database that swallows packets makes the scrape of its exporter time out: then there is no pg_up at all.
    expression: `(max(${present(`pg_up${exporter}`, settings)}) or vector(0)) == 0`,
    for: lasting,
    summary: "The database does not answer",
    description: "postgres_exporter cannot reach PostgreSQL, or cannot be asked itself: orders cannot be stored.",
    behaviour: {
      calm: { 'pg_up{job="postgres-exporter"}': holds(1) },
      fault: { 'pg_up{job="postgres-exporter"}': holds(0) },
      tells,
      withoutData: tells,
      cases: [
        afterAllWasKilled(
          (instance) => `pg_up{job="postgres-exporter",instance="${instance}"}`,
          lasting,
          settings,
          tells,
        ),
      ],
    },
  };
}

function longRunningQueries({ settings: { alerts } }: Watched): Alert {
  const limit = thresholdsOf(alerts, "LongRunningQueries").longRunningQuery.seconds;
  const oldest = (age: number): State => ({
    'pg_long_running_transactions_oldest_timestamp_seconds{job="postgres-exporter"}': holds(age),
  });
  return {
    ...common,
    name: "LongRunningQueries",
    severity: "warning",
    // The exporter's name for it says timestamp; it is an age in seconds.
    expression: `max(pg_long_running_transactions_oldest_timestamp_seconds${exporter}) > ${limit}`,
    // The age has lasted already.
    for: alerts.timing.critical.for,
    summary: "A transaction has been open for {{ $value | humanizeDuration }}",
    description: `A transaction has been open for more than ${humanizedDuration(limit)}; it may hold locks that others wait for.`,
    behaviour: {
      calm: oldest(0.9 * limit),
      fault: oldest(1.1 * limit),
      tells: [{ summary: `A transaction has been open for ${humanizedDuration(1.1 * limit)}` }],
    },
  };
}

/** A backup that no restore has proven does not count. */
function backupTooOld({ settings: { alerts } }: Watched): Alert {
  const hours = thresholdsOf(alerts, "BackupTooOld").backupAge.seconds / 3600;
  const backups = (provenAt: number, takenAt = provenAt): State => ({
    'backup_last_proven_timestamp_seconds{job="backup"}': holds(provenAt * 3600),
    'backup_last_taken_timestamp_seconds{job="backup"}': holds(takenAt * 3600),
  });
  const none = [{ summary: "There is no proven backup of the database" }];
  return {
    ...common,
    service: "backup",
    name: "BackupTooOld",
    severity: "warning",
    // 0 is never; what cannot be asked has none: both are infinitely old.
    expression: `(time() - (max(backup_last_proven_timestamp_seconds{job="backup"} != 0) or vector(-Inf))) / 3600 > ${hours}`,
    for: alerts.timing.warning.for,
    summary:
      '{{ if lt $value 1e9 }}The newest proven backup of the database is {{ printf "%.0f" $value }} hours old{{ else }}There is no proven backup of the database{{ end }}',
    description: `No backup of the last ${hours} hours was proven by a restore: if the database's disk is lost, so may be what was written since, or all of it.`,
    behaviour: {
      // Before 1970, because promtool's time begins there.
      calm: backups(-0.9 * hours),
      fault: backups(-1.1 * hours, -0.1),
      tells: [{ summary: `The newest proven backup of the database is ${Math.round(1.1 * hours)} hours old` }],
      withoutData: none,
      cases: [{ name: "taken, and never proven", state: backups(0, -1), tells: none }],
    },
  };
}
