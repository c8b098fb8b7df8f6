import fc from "fast-check";
import { expect, test } from "vitest";
import { type ExchangeOrder, type Outcome, outcomeOf } from "../domain/exchange.ts";
import { patienceSeconds } from "../domain/execution.ts";
import { makeMetrics } from "../observability/metrics.ts";
import type { Outbox } from "../storage/outbox.ts";
import { recordedLog, testConfiguration } from "../testing/backend.ts";
import { orderTurn } from "./order-turn.ts";

/** What happens to a request to the exchange; `late`: it arrives so many seconds after we have given up waiting. */
const fate = fc.oneof(
  fc.constant({ kind: "answered" as const }),
  fc.constant({ kind: "answer lost" as const }),
  fc.constant({ kind: "request lost" as const }),
  fc.record({ kind: fc.constant("late" as const), seconds: fc.nat(20) }),
  fc.constant({ kind: "worker dies" as const }),
);

const script = fc.record({
  /** How old the order is when a worker takes it first: before, there was none. */
  age: fc.oneof(fc.constant(0), fc.integer({ min: patienceSeconds - 20, max: patienceSeconds + 20 })),
  fates: fc.array(fate, { maxLength: 6 }),
  /** Seconds between two looks into the outbox. */
  pauses: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 }),
  /** By so many seconds the exchange's clock is ahead of ours. */
  skew: fc.integer({ min: -9, max: 9 }),
});

const metrics = makeMetrics("worker", "2.1.0");
const { log } = recordedLog({ ...testConfiguration, service: "worker" });

test("whatever is lost or late: an order ends, as executed if and only if the exchange has executed it", async () => {
  await fc.assert(fc.asyncProperty(script, run), { numRuns: 3_000 });
});

async function run({
  age,
  fates,
  pauses,
  skew,
}: typeof script extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const placedAt = Date.parse("2026-01-02T03:04:05Z");
  let now = age;
  const exchangeTime = (at: number) => new Date(placedAt + (at + skew) * 1000);

  // By its contract it does nothing twice; but whatever reaches it in time, it does.
  const book: Outcome[] = [];
  const underway: { readonly at: number; readonly order: ExchangeOrder }[] = [];
  const arrive = (order: ExchangeOrder, at: number): Outcome => {
    const before = book.at(-1);
    if (before !== undefined) return before;
    const outcome = outcomeOf(order, exchangeTime(at));
    if (outcome.kind === "filled") book.push(outcome);
    return outcome;
  };
  const pending = [...fates];
  let died = false;
  const request = <T>(answer: () => T, late?: (seconds: number) => void): T => {
    const { kind, ...rest } = pending.shift() ?? { kind: "answered" };
    if (kind === "answered") return answer();
    if (kind === "answer lost" || kind === "worker dies") answer();
    if (kind === "worker dies") died = true;
    if ("seconds" in rest) late?.(rest.seconds);
    throw new Error(kind);
  };

  const order = { id: "3d4c7a3e-0000-4000-8000-000000000000", symbol: "ACME", side: "buy", quantity: 1 } as const;
  let [attempts, due] = [0, 0];
  let ended: "executed" | "failed" | undefined;
  const outbox: Outbox = {
    claim: async () => {
      if (ended !== undefined || now < due) return [];
      attempts += 1;
      due = now + 20;
      const expiresAt = new Date(placedAt + patienceSeconds * 1000);
      return [{ ...order, entry: "1", correlationId: "lossy-test", attempts, ageSeconds: now, expiresAt }];
    },
    settle: async (_, step) => {
      if (died) {
        died = false;
        return false;
      }
      if (step.kind === "retry") due = now + step.afterSeconds;
      else ended = step.kind === "execute" ? "executed" : "failed";
      return true;
    },
    oldestSeconds: async () => 0,
  };
  const turn = orderTurn({
    outbox,
    exchange: {
      execute: async (sent) =>
        request(
          () => arrive(sent, now),
          (seconds) => underway.push({ at: now + seconds, order: sent }),
        ),
      find: async () => request(() => book.at(-1)),
    },
    metrics,
    log,
    isPaused: () => false,
  });
  for (let look = 0; look < 200 && (ended === undefined || underway.length > 0); look++) {
    for (const { order: sent, at } of underway.filter(({ at }) => at <= now)) arrive(sent, at);
    underway.splice(0, underway.length, ...underway.filter(({ at }) => at > now));
    await turn(new AbortController().signal);
    now += pauses[look % pauses.length] ?? 1;
  }
  expect(ended).toBeDefined();
  expect(ended === "executed").toBe(book.length > 0);
}
