import pg from "pg";
import type { Configuration } from "../configuration.ts";
import { connectionOf } from "./database.ts";
import type { Migration } from "./migration.ts";

/** The schema is of a later release that said that this one cannot run on it. */
export class SchemaTooNew extends Error {
  override readonly name = "SchemaTooNew";
}

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly previous_release_runs: boolean;
}

/** Any number, as long as nobody else's program locks the same one in this database. */
const lockKey = 7_261_992_014;

/**
 * Brings the schema to this release's version, and answers the names of what was missing. Instances that start at once
 * wait for each other; each migration is applied whole or not at all. Throws {@link SchemaTooNew} after a rollback too far.
 */
export async function migrate(
  identity: Pick<Configuration, "database" | "service" | "instance">,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const client = new pg.Client(connectionOf(identity));
  // What breaks the connection fails the statement too.
  client.on("error", () => {});
  await client.connect();
  try {
    // Of the session: it is given free however this process ends.
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    // An ALTER that waits for a lock holds up every statement behind it: better it fails and is tried again.
    await client.query("set lock_timeout = '5s'");
    return await applyMissing(client, migrations);
  } finally {
    await client.end();
  }
}

async function applyMissing(client: pg.Client, migrations: readonly Migration[]): Promise<readonly string[]> {
  await client.query(`create table if not exists schema_migrations (
    version integer primary key,
    name text not null,
    previous_release_runs boolean not null,
    applied_at timestamptz not null default now()
  )`);
  const { rows } = await client.query<Applied>(
    "select version, name, previous_release_runs from schema_migrations order by version",
  );
  refuseTooNew(rows, migrations);
  const done = new Set(rows.map(({ version }) => version));
  const missing = migrations.filter(({ version }) => !done.has(version));
  for (const migration of missing) await apply(client, migration);
  return missing.map(({ name }) => name);
}

/** A later release's migration is no obstacle if it said so. */
export function refuseTooNew(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const known = new Set(migrations.map(({ version }) => version));
  const obstacle = applied.find(({ version, previous_release_runs }) => !known.has(version) && !previous_release_runs);
  if (obstacle === undefined) return;
  throw new SchemaTooNew(
    `the database has migration ${obstacle.version} (${obstacle.name}), on which this release cannot run; deploy the release that brought it, or a later one`,
  );
}

async function apply(client: pg.Client, { version, name, previousReleaseRuns, sql }: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(sql);
    await client.query("insert into schema_migrations (version, name, previous_release_runs) values ($1, $2, $3)", [
      version,
      name,
      previousReleaseRuns,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}
