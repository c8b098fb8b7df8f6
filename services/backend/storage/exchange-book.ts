import type { Outcome } from "../domain/exchange.ts";
import type { Database } from "./database.ts";

/** What the simulated exchange has done, by our orders' ids. A real exchange keeps this itself. */
export interface ExchangeBook {
  /** Writes it down where nothing stands yet; answers what stands there. */
  enter(id: string, outcome: Outcome): Promise<Outcome>;
  find(id: string): Promise<Outcome | undefined>;
  /** By the exchange's clock, which is no worker's: where its book is. */
  now(): Promise<Date>;
}

interface Row {
  readonly outcome: Outcome;
}

export function exchangeBookIn({ query }: Pick<Database, "query">): ExchangeBook {
  const find = async (id: string): Promise<Outcome | undefined> =>
    (await query<Row>("select outcome from exchange_book where order_id = $1", [id]))[0]?.outcome;
  return {
    enter: async (id, outcome) => {
      const entered = await query(
        "insert into exchange_book (order_id, outcome) values ($1, $2) on conflict do nothing returning order_id",
        [id, JSON.stringify(outcome)],
      );
      return entered.length > 0 ? outcome : ((await find(id)) ?? outcome);
    },
    find,
    now: async () => (await query<{ readonly now: Date }>("select now()"))[0]?.now ?? new Date(),
  };
}
