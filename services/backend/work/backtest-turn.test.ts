import { expect, test } from "vitest";
import { makeMetrics } from "../observability/metrics.ts";
import { recordedLog, testConfiguration } from "../testing/backend.ts";
import { backtestTurn } from "./backtest-turn.ts";

test("a backtest that was begun too often is counted and told of, and leaves the queue", async () => {
  const metrics = makeMetrics("worker", "2.1.0");
  const ended = async () =>
    Object.fromEntries((await metrics.backtests.get()).values.map(({ labels, value }) => [labels.state, value]));
  // There from the start: an increase from nothing is none.
  expect(await ended()).toEqual({ finished: 0, failed: 0 });
  const { log, lines } = recordedLog({ ...testConfiguration, service: "worker" });
  const done: string[] = [];
  const turn = backtestTurn({
    worker: "a",
    queue: {
      add: async () => {},
      waiting: async () => 0,
      backtests: async () => new Set(),
      take: async () => ({ entry: "1-0", backtest: "the-backtest", correlationId: "turn-test" }),
      keep: async () => {},
      done: async ({ entry }) => void done.push(entry),
    },
    backtests: {
      start: async () => ({ kind: "failed", reason: "begun 3 times without a result" }),
      finish: async () => expect.fail("it was not begun"),
    },
    metrics,
    log,
    isPaused: () => false,
  });
  await turn(new AbortController().signal);
  expect(done).toEqual(["1-0"]);
  expect(await ended()).toEqual({ finished: 0, failed: 1 });
  expect(lines).toMatchObject([
    { event: "backtest_failed", level: "WARNING", backtest_id: "the-backtest", correlation_id: "turn-test" },
  ]);
});
