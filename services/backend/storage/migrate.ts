import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Configuration } from "../configuration.ts";
import { connectionOf, type DatabaseClient } from "./database.ts";
import type { Index, Migration } from "./migration.ts";

/** Waiting does not help: somebody has to change something first, and the message says what. */
export class DatabaseUnusable extends Error {
  override readonly name: string = "DatabaseUnusable";
}

/** The schema is of a later release that said that this one cannot run on it. */
export class SchemaTooNew extends DatabaseUnusable {
  override readonly name = "SchemaTooNew";
}

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly safe_since: number;
}

/** Any number, as long as nobody else's program locks the same one in this database. */
export const lockKey = 7_261_992_014;

/**
 * Brings the schema to this release's version, and answers the names of what was missing. Instances that start at once
 * wait for each other; each migration counts when all of it is applied. Throws {@link SchemaTooNew} after a rollback too
 * far, and {@link DatabaseUnusable} where the database or the migration itself is not right.
 */
export async function migrate(identity: DatabaseClient, migrations: readonly Migration[]): Promise<readonly string[]> {
  const client = new pg.Client(connectionOf(identity));
  // What breaks the connection fails the statement too.
  client.on("error", () => {});
  await client.connect().catch((error: unknown) => {
    throw unusable(error, identity.database) ?? error;
  });
  try {
    await lock(client);
    return await applyMissing(client, migrations);
  } finally {
    await client.end();
  }
}

/**
 * postgresql.org, "PostgreSQL Error Codes": what comes again however often one tries. Undefined for what may be over soon,
 * as a server that starts.
 */
export function unusable(
  error: unknown,
  { host, port, name, user }: Configuration["database"],
): DatabaseUnusable | undefined {
  if (!(error instanceof Error && "code" in error)) return undefined;
  const server = `the database at ${host}:${port}`;
  switch (error.code) {
    case "28P01":
    case "28000":
      return new DatabaseUnusable(
        `${server} refuses the user ${JSON.stringify(user)}: ${error.message}; DATABASE_USER and DATABASE_PASSWORD must be its own`,
        { cause: error },
      );
    case "3D000":
      return new DatabaseUnusable(
        `${server} has no database ${JSON.stringify(name)}; create it, or correct DATABASE_NAME`,
        { cause: error },
      );
  }
  return undefined;
}

/**
 * Of the session: it is given free however this process ends. Asked for again and again, since one that waits in a statement
 * would be waited for by an index that is built, and both for ever.
 */
async function lock(client: pg.Client): Promise<void> {
  const ask = "select pg_try_advisory_lock($1) as locked";
  while ((await client.query<{ locked: boolean }>(ask, [lockKey])).rows[0]?.locked !== true) await delay(200);
}

/** Class 42 is a statement that is wrong, or that the user may not run. */
const isWrongStatement = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && /^42\w{3}$/.test(String(error.code));

async function applyMissing(client: pg.Client, migrations: readonly Migration[]): Promise<readonly string[]> {
  await client.query(`create table if not exists schema_migrations (
    version integer primary key,
    name text not null,
    previous_release_runs boolean not null,
    applied_at timestamptz not null default now()
  )`);
  // Releases up to 2.1.0 know only the one before.
  await client.query("alter table schema_migrations add column if not exists safe_since integer");
  const { rows } = await client.query<Applied>(
    `select version, name, coalesce(safe_since, version - previous_release_runs::integer) as safe_since
     from schema_migrations order by version`,
  );
  refuseTooNew(rows, migrations);
  const done = new Set(rows.map(({ version }) => version));
  const missing = migrations.filter(({ version }) => !done.has(version));
  for (const migration of missing) await apply(client, migration);
  return missing.map(({ name }) => name);
}

/** Later releases' migrations are no obstacle where each of them says that it is safe since this release, or before. */
export function refuseTooNew(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const newest = Math.max(0, ...migrations.map(({ version }) => version));
  const obstacles = applied.filter(({ version, safe_since }) => version > newest && safe_since > newest);
  if (obstacles.length === 0) return;
  const names = obstacles.map(({ version, name }) => `${version} (${name})`).join(", ");
  const needed = Math.max(...obstacles.map(({ safe_since }) => safe_since));
  throw new SchemaTooNew(
    `this release cannot run on what these migrations have left: ${names}; deploy one that has migration ${needed}, or a later one`,
  );
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const { version, name, safeSince } = migration;
  const note = () =>
    client.query(
      "insert into schema_migrations (version, name, previous_release_runs, safe_since) values ($1, $2, $3, $4)",
      [version, name, safeSince < version, safeSince],
    );
  try {
    if ("indexes" in migration) {
      for (const index of migration.indexes) await build(client, index);
      await note();
      return;
    }
    await client.query("begin");
    // An ALTER that waits for a lock holds up every statement behind it: better it fails and is tried again.
    await client.query("set local lock_timeout = '5s'");
    await client.query(migration.sql);
    await note();
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    if (!isWrongStatement(error)) throw error;
    throw new DatabaseUnusable(
      `migration ${version} (${name}) cannot be applied: ${error.message}; correct it, or the rights of the user`,
      { cause: error },
    );
  }
}

/** One that was broken off is there, and is no good: no query goes by it, and each write keeps it. */
async function build(client: pg.Client, { name, on }: Index): Promise<void> {
  const { rows } = await client.query<{ indisvalid: boolean }>(
    "select indisvalid from pg_index where indexrelid = to_regclass($1)",
    [name],
  );
  if (rows[0]?.indisvalid === true) return;
  if (rows.length > 0) await client.query(`drop index concurrently ${name}`);
  await client.query(`create index concurrently ${name} on ${on}`);
}
