import type { Migration } from "../migration.ts";
import { users } from "./001-users.ts";
import { orders } from "./002-orders.ts";
import { backtests } from "./003-backtests.ts";
import { incidents } from "./004-incidents.ts";
import { exchangeBook } from "./005-exchange-book.ts";
import { openBacktests } from "./006-open-backtests.ts";
import { newestFirst } from "./007-newest-first.ts";

/** In the order of their versions. */
export const migrations: readonly Migration[] = [
  users,
  orders,
  backtests,
  incidents,
  exchangeBook,
  openBacktests,
  newestFirst,
];
