import type { Migration } from "../migration.ts";

/** An admin's lists are everybody's: without it the whole table is read and sorted for each page. */
export const newestFirst: Migration = {
  version: 7,
  name: "everybody's, the newest first",
  safeSince: 1,
  indexes: [
    { name: "orders_newest", on: "orders (created_at desc, id desc)" },
    { name: "backtests_newest", on: "backtests (created_at desc, id desc)" },
  ],
};
