import type { Outcome } from "./exchange.ts";

/** What became of an attempt to execute an order. */
export type Attempt = Outcome | { readonly kind: "unavailable" };

/** What follows from it. */
export type Step =
  | { readonly kind: "execute"; readonly price: string; readonly reference: string }
  | { readonly kind: "fail"; readonly reason: string }
  | { readonly kind: "retry"; readonly afterSeconds: number };

/** A customer's order does not wait longer for an exchange that is away: the price of then is not the price of now. */
export const patienceSeconds = 120;
const longestWaitSeconds = 30;

/** @param attempts with this one. @param ageSeconds since the order was placed. */
export function stepAfter(attempt: Attempt, attempts: number, ageSeconds: number): Step {
  switch (attempt.kind) {
    case "filled":
      return { kind: "execute", price: attempt.price, reference: attempt.reference };
    case "refused":
      return { kind: "fail", reason: attempt.reason };
    case "unavailable":
      return ageSeconds >= patienceSeconds
        ? { kind: "fail", reason: "the exchange was not available" }
        : { kind: "retry", afterSeconds: Math.min(2 ** (attempts - 1), longestWaitSeconds) };
  }
}

/** From there on customers wait too long: TradingSystemUnhealthy. A healthy exchange takes less than a second. */
export const waitingLimitSeconds = 30;

/** @param oldestSeconds how long the oldest unfinished order has waited; undefined where the database does not answer. */
export const isTradingHealthy = (oldestSeconds: number | undefined): boolean =>
  oldestSeconds !== undefined && oldestSeconds < waitingLimitSeconds;
