import pg from "pg";
import type { Configuration } from "../configuration.ts";
import { currentContext } from "../observability/context.ts";
import type { OwnCertificate } from "../tls/own-certificate.ts";
import { storeTls } from "../tls/store-tls.ts";
import { isUnanswered, StorageUnavailable, saysUnavailable } from "./unavailable.ts";

/** Runs one statement and answers its rows. */
export type Query = <Row extends pg.QueryResultRow>(
  text: string,
  values?: readonly unknown[],
) => Promise<readonly Row[]>;

/** PostgreSQL. Every method throws a {@link StorageUnavailable} where it does not answer. */
export interface Database {
  readonly query: Query;
  /** All of the work or nothing of it. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** Connections of this process. */
  connections(): { readonly total: number; readonly idle: number; readonly waiting: number };
  close(): Promise<void>;
}

export type DatabaseClient = Pick<Configuration, "database" | "service" | "instance"> & {
  /** What it shows where TLS is mutual. */
  readonly certificate?: OwnCertificate | undefined;
};

/**
 * An instance's share of the server's `max_connections`: of prod's 400, its most instances (18, and two of a rollout)
 * take 160.
 */
const poolSize = 8;
/** Milliseconds. A statement of ours takes a few; what takes seconds holds locks that others wait for. */
const timeouts = { connect: 2_000, statement: 5_000, answer: 6_000, idleInTransaction: 10_000 };

export function openDatabase(identity: DatabaseClient, onError: (error: Error) => void): Database {
  const pool = new pg.Pool({
    ...connectionOf(identity),
    max: poolSize,
    statement_timeout: timeouts.statement,
    // A server that swallows packets answers no timeout of its own.
    query_timeout: timeouts.answer,
    idle_in_transaction_session_timeout: timeouts.idleInTransaction,
  });
  // Of connections that nobody uses; without a listener it would end the process.
  pool.on("error", onError);
  return {
    query: (text, values) => guarded(() => run(pool, text, values)),
    transaction: (work) => guarded(() => inTransaction(pool, work)),
    connections: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

/** For a connection outside of the pool: the migrations' one waits longer. */
export function connectionOf({ database, service, instance, certificate }: DatabaseClient): pg.ClientConfig {
  const { host, port, name, user, password } = database;
  const ssl = storeTls(database, certificate);
  return {
    host,
    port,
    database: name,
    user,
    password,
    application_name: `${service} ${instance}`,
    connectionTimeoutMillis: timeouts.connect,
    keepAlive: true,
    ...(ssl === undefined ? {} : { ssl }),
  };
}

async function run<Row extends pg.QueryResultRow>(
  client: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  return (await client.query<Row>(commented(text, currentContext()?.correlationId), [...values])).rows;
}

/** Tells in pg_stat_activity and the server's log for whom a statement runs. The id is sane: context.ts. */
export const commented = (text: string, correlationId: string | undefined): string =>
  correlationId === undefined ? text : `${text} /* correlation_id='${correlationId}' */`;

async function inTransaction<T>(pool: pg.Pool, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const lost = (error: Error): void => {
    broken = error;
  };
  // The pool listens to those that nobody uses; without a listener a connection lost here would end the process.
  client.on("error", lost);
  try {
    await client.query("begin");
    const result = await work((text, values) => run(client, text, values));
    await client.query("commit");
    return result;
  } catch (error) {
    // A server that does not answer answers no rollback either: whoever asked would wait twice as long, and hold the
    // connection as long. Without the connection the server rolls back by itself.
    if (isUnanswered(error)) broken = error;
    else await client.query("rollback").catch(lost);
    throw error;
  } finally {
    client.off("error", lost);
    client.release(broken);
  }
}

async function guarded<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw saysUnavailable(error) ? new StorageUnavailable("database", error) : error;
  }
}
