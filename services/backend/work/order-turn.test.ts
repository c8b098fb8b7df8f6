import { expect, test } from "vitest";
import { makeMetrics } from "../observability/metrics.ts";
import type { Claim } from "../storage/outbox.ts";
import { recordedLog, testConfiguration } from "../testing/backend.ts";
import { orderTurn } from "./order-turn.ts";

const claim = (id: string): Claim => ({
  entry: id,
  id,
  symbol: "ACME",
  side: "buy",
  quantity: 1,
  correlationId: "turn-test",
  attempts: 1,
  ageSeconds: 0,
  expiresAt: new Date("2100-01-01"),
});

test("a turn ends after all its orders, also where one of them cannot be written down", async () => {
  const may = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<void>();
  const settled: string[] = [];
  const turn = orderTurn({
    outbox: {
      claim: async () => [claim("broken"), claim("slow")],
      settle: async ({ id }) => {
        if (id === "broken") {
          failed.resolve();
          throw new Error("the database is away");
        }
        settled.push(id);
        return true;
      },
      oldestSeconds: async () => 0,
    },
    exchange: {
      execute: async ({ id }) => {
        if (id === "slow") await may.promise;
        return { kind: "filled", price: "1.0000", reference: id };
      },
      find: async () => undefined,
    },
    metrics: makeMetrics("worker", "2.1.0"),
    log: recordedLog({ ...testConfiguration, service: "worker" }).log,
    isPaused: () => false,
  });
  const ended = turn(new AbortController().signal).catch((error: unknown) => ({ error, settled: [...settled] }));
  await failed.promise;
  // Long enough for a turn that does not wait.
  await new Promise((resolve) => setImmediate(resolve));
  may.resolve();
  expect(await ended).toMatchObject({
    error: { errors: [{ message: "the database is away" }], cause: { message: "the database is away" } },
    settled: ["slow"],
  });
});
