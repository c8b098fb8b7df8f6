import type { Outcome } from "./exchange.ts";

/** What became of an attempt to execute an order, or to learn what the exchange did with it. */
export type Attempt =
  | Outcome
  /** No answer came: it may be executed, and it may not. */
  | { readonly kind: "unavailable" }
  /** The exchange does not have it, and would refuse it now. */
  | { readonly kind: "absent" };

/** What follows from it. */
export type Step =
  | { readonly kind: "execute"; readonly price: string; readonly reference: string }
  | { readonly kind: "fail"; readonly reason: string }
  | { readonly kind: "retry"; readonly afterSeconds: number };

/** A customer's order does not wait longer for an exchange that is away: the price of then is not the price of now. */
export const patienceSeconds = 120;
const longestWaitSeconds = 30;

/** By so much our clock and the exchange's may differ: until then something of ours may still be taken there. */
const clockSeconds = 10;

/** What may be done with an order that was placed so many seconds ago, where the exchange does not know it. */
export function inTime(ageSeconds: number): "send" | "wait" | "give up" {
  if (ageSeconds < patienceSeconds) return "send";
  return ageSeconds < patienceSeconds + clockSeconds ? "wait" : "give up";
}

/**
 * An order stays open until the exchange has said what became of it, however long that takes: else one that it has
 * executed could be called failed.
 * @param attempts with this one.
 */
export function stepAfter(attempt: Attempt, attempts: number): Step {
  switch (attempt.kind) {
    case "filled":
      return { kind: "execute", price: attempt.price, reference: attempt.reference };
    case "refused":
      return { kind: "fail", reason: attempt.reason };
    case "absent":
      return { kind: "fail", reason: "the exchange was not available" };
    case "unavailable":
      return { kind: "retry", afterSeconds: Math.min(2 ** (attempts - 1), longestWaitSeconds) };
  }
}

/** From there on customers wait too long: TradingSystemUnhealthy. A healthy exchange takes less than a second. */
export const waitingLimitSeconds = 30;

/** @param oldestSeconds how long the oldest unfinished order has waited; undefined where the database does not answer. */
export const isTradingHealthy = (oldestSeconds: number | undefined): boolean =>
  oldestSeconds !== undefined && oldestSeconds < waitingLimitSeconds;
