import { inContext, newCorrelationId } from "../observability/context.ts";
import type { Log } from "../observability/log.ts";
import type { Backtests } from "../storage/backtests.ts";
import { deadAfter, type Queue } from "../storage/queue.ts";
import type { Turn } from "./loop.ts";

interface RefillWork {
  readonly queue: Pick<Queue, "add" | "backtests">;
  readonly backtests: Pick<Backtests, "silent" | "takeSilent">;
  readonly log: Log;
  /** Milliseconds in which a backtest that waits or runs is not looked for. */
  readonly silence?: number;
}

/**
 * Queues again what is to be run and has no entry: the backend died between storing and queueing it, or Redis lost its
 * data. Of several workers one does it. One that still runs is begun a second time then, and its result stored once.
 */
export const refillTurn =
  ({ queue, backtests, log, silence = deadAfter }: RefillWork): Turn =>
  async () => {
    // In this order: what comes to its end in between is taken by nobody.
    const silent = await backtests.silent(silence);
    if (silent.length === 0) return "idle";
    const queued = await queue.backtests();
    const lost = silent.filter((id) => !queued.has(id));
    for (const id of await backtests.takeSilent(lost, silence)) {
      const context = { correlationId: newCorrelationId() };
      await queue.add(id, context.correlationId);
      inContext(context, () => log.at.warn({ event: "backtest_refilled", backtest_id: id }, "backtest queued again"));
    }
    return "idle";
  };
