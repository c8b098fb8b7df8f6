import { type Blueprint, checkedBy, logsOf, plain, productImage, stopFirst } from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { identityFiles, identityPath, mutualPort } from "../mtls.ts";
import { type ManagedDatabase, port, type WorkloadSpec, workload } from "../workload/index.ts";
import { backedUp, databaseUser } from "./backup.ts";
import { databaseEntryPoint, databaseTls } from "./database-tls.ts";

/** Server parameters that hold for both kinds of database. */
function parameters({ settings: { database, logs } }: Blueprint): Readonly<Record<string, string>> {
  return {
    max_connections: String(database.maxConnections),
    log_min_messages: levelWord("postgres", logs.level),
    // Milliseconds; a statement that holds locks for a minute is an incident, LongRunningQueries tells of it.
    idle_in_transaction_session_timeout: "300000",
  };
}

/** PostgreSQL: a container of our own, or the cloud's. */
export function database(plan: Blueprint): WorkloadSpec | ManagedDatabase {
  return plan.settings.database.management === "own" ? ownDatabase(plan) : managedDatabase(plan);
}

function ownDatabase(plan: Blueprint): WorkloadSpec {
  const { database: own } = plan.settings;
  const forBackup = backedUp(plan.settings);
  const tls = databaseTls(plan.settings);
  const stated = { ...parameters(plan), ...forBackup.parameters, ...tls.parameters };
  return workload({
    ...plain,
    name: "database",
    part: "application",
    image: productImage(plan, "postgres"),
    ...(plan.settings.mtls ? { command: databaseEntryPoint } : {}),
    args: ["postgres", ...Object.entries(stated).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    variables: {
      POSTGRES_DB: own.name,
      POSTGRES_USER: own.user,
      POSTGRES_PASSWORD_FILE: "/etc/database/password",
      PGDATA: "/var/lib/postgresql/data/pgdata",
    },
    files: [...forBackup.files, ...tls.files],
    secretFiles: [
      { path: "/etc/database/password", secret: "databasePassword" },
      ...forBackup.secretFiles,
      ...identityFiles(plan.settings, "database"),
    ],
    ports: [port({ name: "postgres", number: 5432, exposure: "loopback", ...mutualPort(plan.settings) })],
    probes: checkedBy(
      // Liveness asks for the process only: a server that recovers after a crash must not be restarted.
      { kind: "command", command: ["pg_ctl", "status"] },
      { kind: "command", command: ["pg_isready", "-h", "127.0.0.1", "-U", own.user, "-d", probed(plan)] },
      "wget",
      5,
    ),
    placement: { kind: "stateful", replicas: 1, rollout: stopFirst(plan) },
    resources: own.resources,
    user: databaseUser,
    volumes: [
      { kind: "persistent", name: "data", path: "/var/lib/postgresql/data", sizeGiB: own.storageGiB },
      { kind: "scratch", name: "run", path: "/var/run/postgresql", sizeMiB: 1 },
      { kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 64 },
    ],
    logs: logsOf(plan, "product"),
  });
}

/** What the probe asks for; it shows the server's own certificate, or each look would be a refusal in the log (FATAL). */
function probed({ settings: { database, mtls } }: Blueprint): string {
  if (!mtls) return database.name;
  return `dbname=${database.name} sslmode=require sslcert=${identityPath} sslkey=${identityPath}`;
}

function managedDatabase(plan: Blueprint): ManagedDatabase {
  const { database: own, images } = plan.settings;
  return {
    kind: "managed",
    engine: "postgres",
    name: "database",
    part: "application",
    // The cloud keeps the minor version current by itself: it takes the major one.
    version: images.versions.postgres.split(".")[0] ?? images.versions.postgres,
    instanceClass: own.instanceClass,
    port: 5432,
    multiZone: own.multiZone,
    backupRetention: plan.settings.backups.retention,
    sizeGiB: own.storageGiB,
    database: own.name,
    user: own.user,
    deletionProtection: own.deletionProtection,
    parameters: parameters(plan),
  };
}
