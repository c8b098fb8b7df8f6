import { type BacktestRequest, type BacktestResult, runBacktest } from "../domain/backtest.ts";
import { inContext } from "../observability/context.ts";
import type { Log } from "../observability/log.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { Backtests } from "../storage/backtests.ts";
import { deadAfter, type Job, type Queue } from "../storage/queue.ts";
import type { Turn } from "./loop.ts";

export interface BacktestWork {
  /** Name of this worker among the others. */
  readonly worker: string;
  readonly queue: Queue;
  readonly backtests: Pick<Backtests, "start" | "finish">;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly isPaused: () => boolean;
  /** Tests put something slower here. */
  readonly run?: (request: BacktestRequest) => BacktestResult | Promise<BacktestResult>;
}

/** Milliseconds that a worker waits for the next backtest, before it looks whether it shall stop. */
const wait = 1_000;

/** Takes a backtest from the queue, runs it, and stores its result. What fails stays in the queue and comes again. */
export const backtestTurn =
  (work: BacktestWork): Turn =>
  async () => {
    if (work.isPaused()) return "idle";
    const job = await work.queue.take(work.worker, wait);
    if (job !== undefined) await inContext({ correlationId: job.correlationId }, () => perform(job, work));
    return "more";
  };

async function perform(job: Job, work: BacktestWork): Promise<void> {
  const { queue, backtests, metrics, log, run = runBacktest } = work;
  const fields = { backtest_id: job.backtest };
  const started = await backtests.start(job.backtest);
  switch (started.kind) {
    case "none":
      log.at.info({ event: "backtest_skipped", ...fields }, "this backtest has been dealt with");
      return queue.done(job);
    case "failed":
      metrics.backtests.inc({ state: "failed" });
      log.at.warn({ event: "backtest_failed", ...fields, reason: started.reason }, "backtest failed");
      return queue.done(job);
  }
  const alive = setInterval(() => {
    queue.keep(work.worker, job).catch((error: unknown) => log.at.warn({ exception: error }, "cannot keep the job"));
  }, deadAfter / 4);
  try {
    await backtests.finish(job.backtest, await run(started.request));
    await queue.done(job);
    metrics.backtests.inc({ state: "finished" });
    log.at.info({ event: "backtest_finished", ...fields }, "backtest finished");
  } finally {
    clearInterval(alive);
  }
}
