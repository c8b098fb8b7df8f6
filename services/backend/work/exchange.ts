import { setTimeout as delay } from "node:timers/promises";
import { type ExchangeOrder, type Outcome, outcomeOf } from "../domain/exchange.ts";
import type { Faults } from "../storage/controls.ts";
import type { ExchangeBook } from "../storage/exchange-book.ts";

/** Another company's system: it may be away or slow, and an answer may be lost on its way. */
export interface Exchange {
  /**
   * Hands an order over. With one that it has had before it does nothing, and answers what it did then. Throws where no
   * answer comes, whether it has executed the order or not.
   */
  execute(order: ExchangeOrder, signal: AbortSignal): Promise<Outcome>;
  /** What it did with the order that has this id of ours; undefined where it has had none. Throws where no answer comes. */
  find(id: string, signal: AbortSignal): Promise<Outcome | undefined>;
}

/** The simulated one: answers by the order alone, writes down what it did, and fails and dawdles as it is told. */
export function simulatedExchange(faults: () => Faults, book: ExchangeBook): Exchange {
  const reached = async (signal: AbortSignal): Promise<void> => {
    const { exchangeFails, exchangeDelayMs } = faults();
    if (exchangeDelayMs > 0) await delay(exchangeDelayMs, undefined, { signal });
    if (exchangeFails) throw new Error("the exchange refuses the connection");
  };
  return {
    execute: async (order, signal) => {
      await reached(signal);
      const outcome = await book.enter(order.id, outcomeOf(order, await book.now()));
      if (faults().exchangeLosesAnswers) throw new Error("the exchange's answer was lost");
      return outcome;
    },
    find: async (id, signal) => {
      await reached(signal);
      return book.find(id);
    },
  };
}
