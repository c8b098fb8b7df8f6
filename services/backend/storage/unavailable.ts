/** A store does not answer: it is nobody's mistake and may be over soon. */
export class StorageUnavailable extends Error {
  override readonly name = "StorageUnavailable";
  readonly store: "database" | "cache";

  constructor(store: "database" | "cache", cause: unknown) {
    super(`the ${store} does not answer`, { cause });
    this.store = store;
  }
}

/** Node's words for a connection that cannot be made or is lost. */
const connectionCodes = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/**
 * postgresql.org, "PostgreSQL Error Codes": 08 connection, 53 no room (connections, disk), 57P shutdown and recovery,
 * 25006 a server that became read only: a failover. Of a server that is too busy: 57014 and 25P03 a statement or a
 * transaction took too long, 55P03 a lock did; 40001 and 40P01 others were in the way.
 */
const sqlStates = /^(?:08\w{3}|53\w{3}|57P0[1-4]|57014|25006|25P03|55P03|40001|40P01)$/;

/** pg has no codes for these. */
const words =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error/i;

/** Nothing came within `query_timeout`; the statement may yet be carried out. */
export const isUnanswered = (error: unknown): error is Error =>
  error instanceof Error && error.message === "Query read timeout";

export function saysUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return connectionCodes.test(code) || sqlStates.test(code) || words.test(error.message);
}
