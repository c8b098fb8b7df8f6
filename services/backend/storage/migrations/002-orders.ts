import type { Migration } from "../migration.ts";

export const orders: Migration = {
  version: 2,
  name: "orders and their outbox",
  safeSince: 1,
  sql: `
create table orders (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users,
  idempotency_key text not null,
  fingerprint text not null,
  symbol text not null,
  side text not null check (side in ('buy', 'sell')),
  quantity integer not null check (quantity > 0),
  limit_price numeric(14, 4) check (limit_price > 0),
  state text not null default 'accepted'
    check (state in ('accepted', 'executing', 'executed', 'failed', 'cancelled')),
  reason text,
  executed_price numeric(14, 4),
  exchange_reference text unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, idempotency_key),
  check ((state = 'executed') = (exchange_reference is not null)),
  check ((state = 'executed') = (executed_price is not null))
);
create index orders_of_user on orders (user_id, created_at desc, id desc);

create table outbox (
  id bigint generated always as identity primary key,
  order_id uuid not null unique references orders,
  correlation_id text not null,
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index outbox_due on outbox (due_at);`,
};
