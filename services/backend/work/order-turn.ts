import { type Attempt, inTime, stepAfter } from "../domain/execution.ts";
import { inContext } from "../observability/context.ts";
import type { Log } from "../observability/log.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { Claim, Outbox } from "../storage/outbox.ts";
import type { Exchange } from "./exchange.ts";
import type { Turn } from "./loop.ts";

export interface OrderWork {
  readonly outbox: Outbox;
  readonly exchange: Exchange;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly isPaused: () => boolean;
}

/** Orders that one worker executes at the same time. */
const batch = 8;

/** Milliseconds for the exchange's answers: half of the outbox's lease. */
const patience = 10_000;

/** Takes some orders of the outbox, has them executed, and writes down what became of them. */
export const orderTurn =
  (work: OrderWork): Turn =>
  async () => {
    if (work.isPaused()) return "idle";
    const claims = await work.outbox.claim(batch);
    // All of them come to an end, also where one fails: a stop waits for the turn.
    const ended = await Promise.allSettled(
      claims.map((claim) => inContext({ correlationId: claim.correlationId }, () => execute(claim, work))),
    );
    const errors = ended.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    if (errors.length > 0) {
      throw new AggregateError(errors, `${errors.length} of ${claims.length} orders`, { cause: errors[0] });
    }
    return claims.length === batch ? "more" : "idle";
  };

async function execute(claim: Claim, work: OrderWork): Promise<void> {
  const { outbox, metrics, log } = work;
  const fields = { order_id: claim.id, attempts: claim.attempts };
  const step = stepAfter(await attempt(claim, work), claim.attempts);
  if (!(await outbox.settle(claim, step))) {
    log.at.warn({ event: "lease_lost", ...fields }, "another worker has taken the order over");
    return;
  }
  switch (step.kind) {
    case "retry":
      return;
    case "execute":
      metrics.orders.inc({ state: "executed" });
      log.always.info({ event: "order_executed", audit: true, ...fields, price: step.price }, "order executed");
      return;
    case "fail":
      metrics.orders.inc({ state: "failed" });
      log.always.info({ event: "order_failed", audit: true, ...fields, reason: step.reason }, "order failed");
  }
}

async function attempt(claim: Claim, { exchange, metrics, log }: OrderWork): Promise<Attempt> {
  const stopTimer = metrics.exchangeDuration.startTimer();
  try {
    const outcome = await outcomeAt(exchange, claim);
    stopTimer({ outcome: outcome.kind });
    return outcome;
  } catch (error) {
    stopTimer({ outcome: "unavailable" });
    log.at.warn({ event: "exchange_unavailable", order_id: claim.id, exception: error }, "the exchange did not answer");
    return { kind: "unavailable" };
  }
}

/** Who may have sent the order before asks first what became of it. */
async function outcomeAt(exchange: Exchange, claim: Claim): Promise<Attempt> {
  const signal = AbortSignal.timeout(patience);
  const may = inTime(claim.ageSeconds);
  const known = claim.attempts > 1 || may !== "send" ? await exchange.find(claim.id, signal) : undefined;
  if (known !== undefined) return known;
  if (may === "send") return exchange.execute(claim, signal);
  return { kind: may === "wait" ? "unavailable" : "absent" };
}
