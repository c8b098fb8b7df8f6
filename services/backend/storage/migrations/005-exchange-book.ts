import type { Migration } from "../migration.ts";

/** The simulated exchange's own memory; nothing of ours refers to it. */
export const exchangeBook: Migration = {
  version: 5,
  name: "the exchange's book",
  safeSince: 1,
  sql: `
create table exchange_book (
  order_id uuid primary key,
  outcome jsonb not null,
  entered_at timestamptz not null default now()
);`,
};
