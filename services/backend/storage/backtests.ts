import {
  type Backtest,
  type BacktestRequest,
  type BacktestResult,
  type BacktestState,
  mostAttempts,
} from "../domain/backtest.ts";
import type { Database } from "./database.ts";
import type { Page } from "./page.ts";

export type Started =
  | { readonly kind: "started"; readonly request: BacktestRequest }
  | { readonly kind: "failed"; readonly reason: string }
  /** It has come to an end before, or is gone. */
  | { readonly kind: "none" };

/** Backtests and their results; which are to be run is the queue's. */
export interface Backtests {
  add(userId: string, request: BacktestRequest): Promise<Backtest>;
  /** For one that could not be queued. */
  remove(id: string): Promise<void>;
  find(id: string, userId?: string): Promise<Backtest | undefined>;
  list(page: Page, userId?: string): Promise<readonly Backtest[]>;
  /** Takes it for this worker; one that was begun too often without a result is failed instead. */
  start(id: string): Promise<Started>;
  finish(id: string, result: BacktestResult): Promise<void>;
  /** Ids of those that wait or run, and of which nothing was heard for so many milliseconds. */
  silent(milliseconds: number): Promise<readonly string[]>;
  /** Of these, the ones that are still silent; who asks has heard of them, and nobody else gets them. */
  takeSilent(ids: readonly string[], milliseconds: number): Promise<readonly string[]>;
}

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly symbol: string;
  readonly fast: number;
  readonly slow: number;
  readonly days: number;
  readonly state: BacktestState;
  readonly result: BacktestResult | null;
  readonly reason: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const columns = "id, user_id, symbol, fast, slow, days, state, result, reason, created_at, updated_at";

const isSilent = "state in ('queued', 'running') and updated_at < now() - make_interval(secs => $1 / 1000.0)";

export function backtestsIn({ query }: Pick<Database, "query">): Backtests {
  return {
    add: async (userId, { symbol, fast, slow, days }) => {
      const [row] = await query<Row>(
        `insert into backtests (user_id, symbol, fast, slow, days) values ($1, $2, $3, $4, $5) returning ${columns}`,
        [userId, symbol, fast, slow, days],
      );
      if (row === undefined) throw new Error("an INSERT returned no row");
      return backtestOf(row);
    },
    remove: async (id) => {
      await query("delete from backtests where id = $1 and state = 'queued'", [id]);
    },
    find: async (id, userId) => {
      const [row] = await query<Row>(
        `select ${columns} from backtests where id = $1 and ($2::uuid is null or user_id = $2)`,
        [id, userId ?? null],
      );
      return row && backtestOf(row);
    },
    list: async ({ limit, before }, userId) => {
      const rows = await query<Row>(
        `select ${columns} from backtests
         where ($1::uuid is null or user_id = $1)
           and ($2::uuid is null or (created_at, id) < (select created_at, id from backtests where id = $2))
         order by created_at desc, id desc limit $3`,
        [userId ?? null, before ?? null, limit],
      );
      return rows.map(backtestOf);
    },
    start: async (id) => {
      const [row] = await query<Row>(
        `update backtests set
           attempts = attempts + 1, updated_at = now(),
           state = case when attempts < $2 then 'running' else 'failed' end,
           reason = case when attempts < $2 then null else 'begun ' || attempts || ' times without a result' end
         where id = $1 and state in ('queued', 'running') returning ${columns}`,
        [id, mostAttempts],
      );
      if (row === undefined) return { kind: "none" };
      return row.state === "running"
        ? { kind: "started", request: row }
        : { kind: "failed", reason: row.reason ?? "begun too often" };
    },
    finish: async (id, result) => {
      await query(
        "update backtests set state = 'finished', result = $2, updated_at = now() where id = $1 and state = 'running'",
        [id, JSON.stringify(result)],
      );
    },
    silent: async (milliseconds) => {
      const rows = await query<{ readonly id: string }>(`select id from backtests where ${isSilent}`, [milliseconds]);
      return rows.map(({ id }) => id);
    },
    takeSilent: async (ids, milliseconds) => {
      const rows = await query<{ readonly id: string }>(
        `update backtests set updated_at = now() where ${isSilent} and id = any($2) returning id`,
        [milliseconds, ids],
      );
      return rows.map(({ id }) => id);
    },
  };
}

function backtestOf(row: Row): Backtest {
  const { id, symbol, fast, slow, days, state } = row;
  return {
    id,
    userId: row.user_id,
    symbol,
    fast,
    slow,
    days,
    state,
    ...(row.result === null ? {} : { result: row.result }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
