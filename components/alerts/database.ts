import type { Settings } from "../settings.ts";
import { minutes, seconds } from "../workload/index.ts";
import type { Alert } from "./alert.ts";

export function databaseAlerts({ alerts: { thresholds } }: Settings): readonly Alert[] {
  return [
    {
      name: "HighDatabaseConnections",
      category: "database",
      severity: "warning",
      expression: `100 * sum(pg_stat_activity_count) / scalar(max(pg_settings_max_connections) - max(pg_settings_superuser_reserved_connections)) > ${thresholds.databaseConnectionsPercent}`,
      for: minutes(5),
      summary: "{{ $value | humanize }} % of the database's connections are in use",
      description: `More than ${thresholds.databaseConnectionsPercent} % of the connections that are not reserved are taken.`,
    },
    {
      name: "DatabaseDown",
      category: "database",
      severity: "critical",
      expression: "pg_up == 0 or absent(pg_up)",
      for: seconds(30),
      summary: "The database does not answer",
      description: "postgres_exporter cannot reach PostgreSQL: orders cannot be stored.",
    },
    {
      name: "LongRunningQueries",
      category: "database",
      severity: "warning",
      expression: `pg_long_running_transactions_oldest_timestamp_seconds > ${thresholds.longRunningQuery.seconds}`,
      for: minutes(1),
      summary: "A transaction has been open for {{ $value | humanizeDuration }}",
      description: `A transaction has been open for more than ${thresholds.longRunningQuery.seconds} s; it may hold locks.`,
    },
  ];
}
