import { setTimeout as delay } from "node:timers/promises";
import { type ExchangeOrder, type Outcome, outcomeOf } from "../domain/exchange.ts";
import type { Faults } from "../storage/controls.ts";

/** Another company's system: it may be away or slow. Asked twice with one order, it does it once. */
export interface Exchange {
  /** Throws where it does not answer. */
  execute(order: ExchangeOrder, signal: AbortSignal): Promise<Outcome>;
}

/** The simulated one: answers by the order alone, fails and dawdles as it is told. */
export const simulatedExchange = (faults: () => Faults): Exchange => ({
  execute: async (order, signal) => {
    const { exchangeFails, exchangeDelayMs } = faults();
    if (exchangeDelayMs > 0) await delay(exchangeDelayMs, undefined, { signal });
    if (exchangeFails) throw new Error("the exchange refuses the connection");
    return outcomeOf(order);
  },
});
