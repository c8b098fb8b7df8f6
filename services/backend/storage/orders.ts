import {
  fingerprintOf,
  type Order,
  type OrderRequest,
  type OrderState,
  type Side,
  statesBefore,
} from "../domain/order.ts";
import type { Database, Query } from "./database.ts";
import type { Page } from "./page.ts";

export interface Placing {
  readonly userId: string;
  readonly idempotencyKey: string;
  readonly correlationId: string;
  readonly request: OrderRequest;
}

export type Placed =
  | { readonly kind: "placed"; readonly order: Order }
  /** The same request came before. */
  | { readonly kind: "repeated"; readonly order: Order }
  /** The key came before, with another request. */
  | { readonly kind: "key taken" };

export type Cancelled =
  | { readonly kind: "cancelled"; readonly order: Order }
  | { readonly kind: "too late"; readonly state: OrderState }
  | { readonly kind: "none" };

export interface Orders {
  /** Stores the order, and that it is to be executed, or neither. */
  place(placing: Placing): Promise<Placed>;
  cancel(id: string, userId: string): Promise<Cancelled>;
  /** `userId`: only if it is this user's. */
  find(id: string, userId?: string): Promise<Order | undefined>;
  /** The newest first. */
  list(page: Page, userId?: string): Promise<readonly Order[]>;
}

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly limit_price: string | null;
  readonly state: OrderState;
  readonly reason: string | null;
  readonly executed_price: string | null;
  readonly exchange_reference: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const orderColumns =
  "id, user_id, symbol, side, quantity, limit_price, state, reason, executed_price, exchange_reference, created_at, updated_at";

/** One statement is one transaction, and one way to the server and back. */
const placeStatement = `
with placed as (
  insert into orders (user_id, idempotency_key, fingerprint, symbol, side, quantity, limit_price)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (user_id, idempotency_key) do nothing
  returning ${orderColumns}
), entry as (
  insert into outbox (order_id, correlation_id) select id, $8 from placed
)
select * from placed`;

export function ordersIn({ query }: Pick<Database, "query">): Orders {
  return {
    place: async (placing) => {
      const { userId, idempotencyKey, correlationId, request } = placing;
      const fingerprint = fingerprintOf(request);
      const { symbol, side, quantity, limitPrice } = request;
      const [row] = await query<Row>(placeStatement, [
        ...[userId, idempotencyKey, fingerprint, symbol, side, quantity, limitPrice ?? null, correlationId],
      ]);
      return row === undefined
        ? earlier(query, userId, idempotencyKey, fingerprint)
        : { kind: "placed", order: orderOf(row) };
    },
    cancel: async (id, userId) => {
      const [row] = await query<Row>(
        `update orders set state = 'cancelled', updated_at = now()
         where id = $1 and user_id = $2 and state = any($3) returning ${orderColumns}`,
        [id, userId, statesBefore("cancelled")],
      );
      if (row !== undefined) return { kind: "cancelled", order: orderOf(row) };
      const [there] = await query<Row>("select state from orders where id = $1 and user_id = $2", [id, userId]);
      return there === undefined ? { kind: "none" } : { kind: "too late", state: there.state };
    },
    find: async (id, userId) => {
      const [row] = await query<Row>(
        `select ${orderColumns} from orders where id = $1 and ($2::uuid is null or user_id = $2)`,
        [id, userId ?? null],
      );
      return row && orderOf(row);
    },
    list: async ({ limit, before }, userId) => {
      const rows = await query<Row>(
        `select ${orderColumns} from orders
         where ($1::uuid is null or user_id = $1)
           and ($2::uuid is null or (created_at, id) < (select created_at, id from orders where id = $2))
         order by created_at desc, id desc limit $3`,
        [userId ?? null, before ?? null, limit],
      );
      return rows.map(orderOf);
    },
  };
}

async function earlier(query: Query, userId: string, key: string, fingerprint: string): Promise<Placed> {
  const [row] = await query<Row & { readonly fingerprint: string }>(
    `select ${orderColumns}, fingerprint from orders where user_id = $1 and idempotency_key = $2`,
    [userId, key],
  );
  if (row?.fingerprint !== fingerprint) return { kind: "key taken" };
  return { kind: "repeated", order: orderOf(row) };
}

function orderOf(row: Row): Order {
  const { id, symbol, side, quantity, state } = row;
  return {
    id,
    userId: row.user_id,
    symbol,
    side,
    quantity,
    ...(row.limit_price === null ? {} : { limitPrice: row.limit_price }),
    state,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.executed_price === null ? {} : { executedPrice: row.executed_price }),
    ...(row.exchange_reference === null ? {} : { exchangeReference: row.exchange_reference }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
