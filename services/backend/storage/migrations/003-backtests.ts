import type { Migration } from "../migration.ts";

export const backtests: Migration = {
  version: 3,
  name: "backtests",
  safeSince: 1,
  sql: `
create table backtests (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users,
  symbol text not null,
  fast integer not null,
  slow integer not null,
  days integer not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'finished', 'failed')),
  attempts integer not null default 0,
  result jsonb,
  reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index backtests_of_user on backtests (user_id, created_at desc, id desc);`,
};
