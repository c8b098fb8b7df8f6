import type { Migration } from "../migration.ts";

export const openBacktests: Migration = {
  version: 6,
  name: "open backtests",
  safeSince: 1,
  sql: "create index open_backtests on backtests (updated_at) where state in ('queued', 'running');",
};
