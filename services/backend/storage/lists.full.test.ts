import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startedServers } from "../testing/servers.ts";
import { openedStores } from "../testing/stores.ts";
import { backtestsIn } from "./backtests.ts";
import type { Query } from "./database.ts";
import { ordersIn } from "./orders.ts";
import type { Page } from "./page.ts";
import type { Stores } from "./stores.ts";

const servers = await startedServers();

describe.skipIf(servers === undefined)("lists, the newest first", () => {
  let stores: Stores;
  let userId: string;
  beforeAll(async () => {
    if (servers === undefined) return;
    ({ stores, userId } = await openedStores(servers));
  });
  afterAll(async () => {
    await stores?.close();
    await servers?.stop();
  });

  /** How PostgreSQL finds a page where the table is large: it may not read it from end to end. */
  const planOf = (list: (query: Query) => Promise<unknown>): Promise<string> =>
    stores.database.transaction(async (query) => {
      await query("set local enable_seqscan = off");
      let plan: readonly object[] = [];
      await list(async (text, values) => {
        plan = await query(`explain (costs off) ${text}`, values);
        return [];
      });
      return plan.map((row) => Object.values(row).join()).join("\n");
    });

  const first: Page = { limit: 20 };
  const next: Page = { limit: 20, before: "3d4c7a3e-6f6c-4c39-9a5a-9a2b0e6b7c11" };
  test.each([
    ["everybody's orders", "orders_newest", (query: Query) => ordersIn({ query }).list(first)],
    ["everybody's orders, the next page", "orders_newest", (query: Query) => ordersIn({ query }).list(next)],
    ["one user's orders", "orders_of_user", (query: Query) => ordersIn({ query }).list(first, userId)],
    ["everybody's backtests", "backtests_newest", (query: Query) => backtestsIn({ query }).list(first)],
    ["one user's backtests", "backtests_of_user", (query: Query) => backtestsIn({ query }).list(next, userId)],
  ])("%s: a page is read in the order of an index, however many there are", async (_, index, list) => {
    const plan = await planOf(list);
    expect(plan).toContain(`using ${index}`);
    expect(plan).not.toContain("Sort");
  });
});
