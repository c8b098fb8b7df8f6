import type { ExchangeOrder } from "../domain/exchange.ts";
import { patienceSeconds, type Step } from "../domain/execution.ts";
import { type Side, statesBefore } from "../domain/order.ts";
import { correlationIdFrom } from "../observability/context.ts";
import type { Database } from "./database.ts";

/** An order that this worker, and no other, is to execute until the lease is over. */
export interface Claim extends ExchangeOrder {
  /** Of the outbox's entry. */
  readonly entry: string;
  readonly correlationId: string;
  /** With this one. */
  readonly attempts: number;
  /** Since it was placed. */
  readonly ageSeconds: number;
}

/** Orders that are to be executed. */
export interface Outbox {
  claim(most: number): Promise<readonly Claim[]>;
  /** Writes down what became of a claim; false where the lease was over and another worker has it. */
  settle(claim: Claim, step: Step): Promise<boolean>;
  /** Of the oldest unfinished order, in seconds; 0 for none. */
  oldestSeconds(): Promise<number>;
}

interface Row {
  readonly entry: string;
  readonly order_id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly limit_price: string | null;
  readonly correlation_id: string;
  readonly attempts: number;
  readonly age_seconds: number;
  readonly expires_at: Date;
}

/** Twice the longest that the exchange is waited for: who has not settled by then is dead. */
const lease = "20 seconds";

/**
 * Locks the outbox's row first, the order second, as {@link Outbox.settle} does: in the other order two workers could
 * wait for each other.
 */
const claimStatement = `
with due as (
  select id from outbox where due_at <= now() order by id limit $1 for update skip locked
), leased as (
  update outbox set due_at = now() + interval '${lease}', attempts = attempts + 1
  from due where outbox.id = due.id
  returning outbox.id, outbox.order_id, outbox.correlation_id, outbox.attempts, outbox.created_at
)
update orders set state = 'executing', updated_at = now()
from leased where orders.id = leased.order_id and orders.state = any($2)
returning leased.id as entry, order_id, symbol, side, quantity, limit_price, correlation_id, attempts,
  extract(epoch from now() - leased.created_at)::float8 as age_seconds,
  leased.created_at + interval '${patienceSeconds} seconds' as expires_at`;

export function outboxIn({ query, transaction }: Pick<Database, "query" | "transaction">): Outbox {
  return {
    claim: async (most) => {
      const rows = await query<Row>(claimStatement, [most, statesBefore("executing")]);
      if (rows.length < most) await forgetCancelled(query);
      return rows.map(claimOf);
    },
    settle: (claim, step) => (step.kind === "retry" ? retry(query, claim, step.afterSeconds) : finish(claim, step)),
    oldestSeconds: async () => {
      const [row] = await query<{ readonly oldest: number | null }>(
        `select extract(epoch from now() - min(outbox.created_at))::float8 as oldest
         from outbox join orders on orders.id = order_id where state in ('accepted', 'executing')`,
      );
      return row?.oldest ?? 0;
    },
  };

  function finish(claim: Claim, step: Exclude<Step, { kind: "retry" }>): Promise<boolean> {
    return transaction(async (within) => {
      const [mine] = await within("delete from outbox where id = $1 and attempts = $2 returning id", [
        claim.entry,
        claim.attempts,
      ]);
      if (mine === undefined) return false;
      if (step.kind === "execute") {
        await within(
          `update orders set state = 'executed', executed_price = $2, exchange_reference = $3, updated_at = now()
           where id = $1 and state = any($4)`,
          [claim.id, step.price, step.reference, statesBefore("executed")],
        );
      } else {
        await within(
          "update orders set state = 'failed', reason = $2, updated_at = now() where id = $1 and state = any($3)",
          [claim.id, step.reason, statesBefore("failed")],
        );
      }
      return true;
    });
  }
}

async function retry(query: Database["query"], claim: Claim, afterSeconds: number): Promise<boolean> {
  const rows = await query(
    "update outbox set due_at = now() + make_interval(secs => $3) where id = $1 and attempts = $2 returning id",
    [claim.entry, claim.attempts, afterSeconds],
  );
  return rows.length > 0;
}

const forgetCancelled = (query: Database["query"]) =>
  query("delete from outbox using orders where orders.id = order_id and state = 'cancelled' and attempts > 0");

function claimOf(row: Row): Claim {
  const { entry, symbol, side, quantity, attempts } = row;
  return {
    entry,
    id: row.order_id,
    symbol,
    side,
    quantity,
    ...(row.limit_price === null ? {} : { limitPrice: row.limit_price }),
    correlationId: correlationIdFrom(row.correlation_id),
    attempts,
    ageSeconds: row.age_seconds,
    expiresAt: row.expires_at,
  };
}
