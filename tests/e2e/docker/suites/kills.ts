import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { table } from "../../../../cli/console/table.ts";
import { at, list } from "../../../support/json.ts";
import { until } from "../../../support/process.ts";
import { chance } from "../../support/chance.ts";
import { startLoad } from "../../support/load.ts";
import { startOrderClients } from "../../support/order-clients.ts";
import type { TradingDev } from "../trading-dev.ts";

const isIssue = process.env.TEST_SIZE === "issue";

/** Whose end a customer's request can meet; there is one of each in dev. */
const onTheWay = ["gateway", "backend", "database"];
/** What the application is made of. */
const application = [...onTheWay, "worker", "cache", "frontend"];

/** Every process of dev, ended at once, one after the other, while orders are placed. */
export function killsOneByOne(the: TradingDev): void {
  test("each process that is killed comes back by itself, and customers notice only those on their way", async () => {
    const all = (await the.breaking.now()).map(({ component }) => component);
    const symbol = "ONEBYONE";
    const rows: (readonly string[])[] = [];
    const noticed: string[] = [];
    const clients = startOrderClients(the.api, await the.token(), symbol);
    for (const component of isIssue ? all : application) {
      // What was killed before is well for Docker, and the backend asks it a moment later.
      await the.untilAnswered("/health");
      const [since, load] = [new Date(), startLoad(`${the.api}/health`, 8, 40)];
      await load.reach(20);
      const begun = performance.now();
      await the.breaking.killed([component]);
      const seconds = (performance.now() - begun) / 1000;
      await load.reach(load.sent() + 20);
      const { sent, failures } = await load.stop();
      // Its own memory is gone when it was the sink that was killed.
      const told = await until("the sink answers", () => the.told(since));
      rows.push([component, seconds.toFixed(1), String(sent), String(failures.length), told.join(", ") || "nobody"]);
      if (!onTheWay.includes(component)) noticed.push(...failures.map(({ why }) => `${component}: ${why}`));
    }
    const journal = await clients.stop();
    console.log(table([["killed", "seconds until healthy", "requests", "failed", "told"], ...rows]));
    console.log(
      `${journal.acknowledged.length} orders meanwhile, ${journal.unanswered} of ${journal.sent} requests sent again`,
    );
    expect(noticed).toEqual([]);
    await the.requireOrders(journal, symbol);
  });
}

/** A symbol has letters alone. */
const letters = ["A", "B", "C", "D"];

/** Processes of the application, ended at once in an order that nobody has thought of, while orders are placed and backtests wait. */
export function killsAtRandom(the: TradingDev): void {
  const kills = isIssue ? 100 : 5;
  const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);

  test(`${kills} kills at random: every acknowledged order is there once, and nothing contradicts anything`, async () => {
    await the.untilAnswered("/health");
    const [random, symbol] = [chance(seed), "RANDOM"];
    console.log(`seed ${seed}: TEST_SEED=${seed} does the same again`);
    const queued = await queueBacktests(the, 6);
    let journals = { sent: 0, unanswered: 0, orders: 0 };
    const counts = new Map<string, number>();
    // A token lasts an hour: the clients of each round have a fresh one.
    for (let round = 0, left = kills; left > 0; round += 1) {
      const clients = startOrderClients(
        the.api,
        await until("somebody logs in", () => the.token()),
        symbol + letters[round],
      );
      for (let count = Math.min(left, 25); count > 0; count -= 1, left -= 1) {
        const victim = random.oneOf(application);
        counts.set(victim, (counts.get(victim) ?? 0) + 1);
        await the.breaking.killed([victim]);
        // Where one ran for less than ten seconds, Docker waits twice as long each time.
        await delay(isIssue ? 4_000 * random.next() : 1_000 * random.next());
      }
      const journal = await clients.stop();
      await the.requireOrders(journal, symbol + letters[round]);
      const { sent, unanswered, acknowledged } = journal;
      journals = {
        sent: journals.sent + sent,
        unanswered: journals.unanswered + unanswered,
        orders: journals.orders + acknowledged.length,
      };
    }
    const who = [...counts].map(([name, count]) => `${name} ${count}`).join(", ");
    console.log(
      `${kills} kills (${who}): ${journals.orders} orders, ${journals.unanswered} of ${journals.sent} requests sent again`,
    );
    await requireConsistent(the);
    const finished = await until("the backtests are finished", async () => {
      const found = list(at(await (await the.asked("/backtests?limit=100")).json(), "backtests"));
      const own = found.filter((backtest) => queued.has(String(at(backtest, "id"))));
      return own.every((backtest) => at(backtest, "state") === "finished") ? own.length : undefined;
    });
    expect(finished).toBe(queued.size);
  });
}

async function queueBacktests(the: TradingDev, count: number): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let queued = 0; queued < count; queued += 1) {
    const answer = await the.asked("/backtests", {
      method: "POST",
      body: { symbol: "RANDOM", fast: 5, slow: 20, days: 100 },
    });
    expect(answer.status).toBe(202);
    ids.add(String(at(await answer.json(), "id")));
  }
  return ids;
}

/** What the tables must agree on when nothing is left to be done: each count is of what must not be. */
const contradictions = {
  "orders that are neither executed nor failed": "select count(*) from orders where state in ('accepted', 'executing')",
  "entries of the outbox": "select count(*) from outbox",
  "executed orders that the exchange does not know":
    "select count(*) from orders o left join exchange_book b on b.order_id = o.id where o.state = 'executed' and b.order_id is null",
  "orders that the exchange knows and we do not":
    "select count(*) from exchange_book b left join orders o on o.id = b.order_id where o.id is null",
  "orders of one key that are two":
    "select count(*) from (select 1 from orders group by user_id, idempotency_key having count(*) > 1) twice",
};

export async function requireConsistent(the: TradingDev): Promise<void> {
  const found: Record<string, string> = {};
  for (const [what, sql] of Object.entries(contradictions)) found[what] = await the.stored(sql);
  expect(found).toEqual(Object.fromEntries(Object.keys(contradictions).map((what) => [what, "0"])));
}
