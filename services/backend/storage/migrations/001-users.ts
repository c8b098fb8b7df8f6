import type { Migration } from "../migration.ts";

export const users: Migration = {
  version: 1,
  name: "users",
  safeSince: 1,
  sql: `
create table users (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  password_hash text not null,
  role text not null check (role in ('trader', 'admin')),
  created_at timestamptz not null default now()
);`,
};
