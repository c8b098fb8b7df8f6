/** Server parameters that take effect only at a start ("Parameter group, apply type static" of RDS for PostgreSQL). */
const staticParameters = new Set([
  "autovacuum_max_workers",
  "huge_pages",
  "max_connections",
  "max_locks_per_transaction",
  "max_prepared_transactions",
  "max_replication_slots",
  "max_wal_senders",
  "max_worker_processes",
  "shared_buffers",
  "shared_preload_libraries",
  "track_activity_query_size",
  "wal_buffers",
]);

/** The stated parameters, and TLS for every connection. */
export const databaseParameters = (stated: Readonly<Record<string, string>>) =>
  Object.entries({ ...stated, "rds.force_ssl": "1" }).map(([name, value]) => ({
    name,
    value,
    applyMethod: staticParameters.has(name) ? "pending-reboot" : "immediate",
  }));

/** What runs in place of a Redis of that version: ElastiCache's Redis ends at 7.1, from there on it is Valkey. */
export function cacheEngine(version: string) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < 7 || (major === 7 && minor <= 1)
    ? { engine: "redis", engineVersion: version, family: major >= 7 ? "redis7" : "redis6.x" }
    : { engine: "valkey", engineVersion: "8.0", family: "valkey8" };
}
