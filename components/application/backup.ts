import { type Blueprint, connection, httpProbes, logsOf, ownImage, plain, stopFirst } from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { authorityPath, identityFiles, identityPath } from "../mtls.ts";
import type { Settings } from "../settings.ts";
import { type ConfigFile, port, type SecretFile, type User, type WorkloadSpec, workload } from "../workload/index.ts";

export const backupName = "backup";

/** postgres in the alpine image. The backup is the same user: what it restores is the database's own folder. */
export const databaseUser: User = { kind: "non-root", uid: 70, gid: 70 };

/** Whether the stack backs up its database by itself; a managed one is the cloud's. */
export const hasBackup = ({ database, without }: Pick<Settings, "database" | "without">): boolean =>
  database.management === "own" && !without.some((name) => name === backupName || name === "database");

/** Seconds after which a log that is not full yet is archived all the same: what is lost at most with disk and spool. */
const archiveTimeout = 60;

/** Base backups and write-ahead log of the own database, encrypted, each proven by a restore: services/backup. */
export function backup(plan: Blueprint): WorkloadSpec {
  const { backups, database, logs } = plan.settings;
  const folder = "/var/lib/backup";
  return workload({
    ...plain,
    name: backupName,
    part: "application",
    image: ownImage(plan, "backup"),
    args: ["run"],
    variables: {
      PORT: "8083",
      LOG_LEVEL: levelWord("backend", logs.level),
      DATABASE_HOST: plan.address("database"),
      DATABASE_PORT: "5432",
      DATABASE_NAME: database.name,
      DATABASE_OWNER: database.user,
      DATABASE_USER: backupName,
      DATABASE_PASSWORD_FILE: "/etc/backup/password",
      BACKUP_SOCKET: "/run/backup/socket",
      BACKUP_ARCHIVE: `${folder}/archive`,
      BACKUP_SPOOL: `${folder}/spool`,
      BACKUP_KEY_FILE: "/etc/backup/key",
      BACKUP_EVERY_SECONDS: String(backups.every.seconds),
      BACKUP_RETENTION_SECONDS: String(backups.retention.seconds),
      ...(plan.settings.mtls ? libpqTls : {}),
    },
    secretFiles: [
      { path: "/etc/backup/password", secret: "backupPassword" },
      { path: "/etc/backup/key", secret: "backupKey" },
      ...identityFiles(plan.settings, "backup"),
    ],
    ports: [port({ name: "http", number: 8083, exposure: "internal" })],
    // Asks the process alone: whether the database can be backed up is told by BackupTooOld.
    probes: httpProbes({ port: "http", liveness: "/health", readiness: "/health", tool: "wget" }),
    placement: { kind: "stateful", replicas: 1, rollout: stopFirst(plan, 30) },
    resources: backups.resources,
    user: databaseUser,
    volumes: [
      { kind: "persistent", name: "data", path: folder, sizeGiB: backups.storageGiB },
      { kind: "scratch", name: "run", path: "/run/backup", sizeMiB: 1 },
      { kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 64 },
    ],
    logs: logsOf(plan, "json"),
    scrape: { port: "http", path: "/metrics" },
    connectsTo: [connection("database", "postgres")],
    startsAfter: ["database"],
  });
}

/** Read by PostgreSQL's own programs, at each connection. */
const libpqTls = {
  PGSSLMODE: "verify-full",
  PGSSLROOTCERT: authorityPath,
  PGSSLCERT: identityPath,
  PGSSLKEY: identityPath,
} as const;

/** Path of the script that lets the backup in; the image runs it when it makes a database. */
export const letInPath = "/docker-entrypoint-initdb.d/backup.sh";
const passwordPath = "/etc/database/backup-password";

/** What an own database needs so that it can be backed up. */
export const backedUp = (
  settings: Settings,
): {
  readonly parameters: Readonly<Record<string, string>>;
  readonly files: readonly ConfigFile[];
  readonly secretFiles: readonly SecretFile[];
} =>
  hasBackup(settings)
    ? {
        parameters: {
          archive_timeout: String(archiveTimeout),
          // While nobody receives the log it stays on the database's own disk, which must not be full of it.
          max_slot_wal_keep_size: `${Math.ceil(settings.database.storageGiB / 4)}GB`,
        },
        files: [{ path: letInPath, content: letIn }],
        secretFiles: [{ path: passwordPath, secret: "backupPassword" }],
      }
    : { parameters: {}, files: [], secretFiles: [] };

/** The password is read by psql: it is in no argument. `pg_control_*` and the catalogue are everybody's. */
const letIn = `# Lets the workload ${backupName} in: its role with the password of today, and no more rights than it needs.
# Runs when the database is made; for one that is older, was restored, or after a change of the password run it again:
#   sh ${letInPath}
# Rendered by ./platform render from components/application/backup.ts.
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" << 'END'
\\set password \`cat ${passwordPath}\`
select 'create role ${backupName}' where not exists (select from pg_roles where rolname = '${backupName}') \\gexec
alter role ${backupName} with login replication password :'password';
grant execute on function pg_switch_wal(), pg_create_restore_point(text) to ${backupName};
END
if ! grep -q '^host replication ${backupName} ' "$PGDATA/pg_hba.conf"; then
  echo 'host replication ${backupName} all scram-sha-256' >> "$PGDATA/pg_hba.conf"
fi
psql --no-psqlrc --quiet --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --command='select pg_reload_conf()' > /dev/null
`;
