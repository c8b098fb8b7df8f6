import type { Migration } from "../migration.ts";

export const incidents: Migration = {
  version: 4,
  name: "incidents",
  safeSince: 1,
  sql: `
create table incidents (
  fingerprint text not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  status text not null check (status in ('firing', 'resolved')),
  name text not null,
  severity text not null,
  labels jsonb not null,
  annotations jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (fingerprint, starts_at)
);
create index incidents_newest on incidents (starts_at desc, fingerprint);`,
};
