import type { Redis } from "ioredis";
import { correlationIdFrom } from "../observability/context.ts";
import { asking } from "./cache.ts";

/** A backtest that waits or is being run. */
export interface Job {
  /** Of the stream's entry. */
  readonly entry: string;
  readonly backtest: string;
  readonly correlationId: string;
}

/** Backtests that are to be run: a Redis stream, of which each worker gets its own entries. */
export interface Queue {
  add(backtest: string, correlationId: string): Promise<void>;
  /** How many no worker has taken yet. */
  waiting(): Promise<number>;
  /** Those that wait and those that are being run. */
  backtests(): Promise<ReadonlySet<string>>;
  /** The next one, or one of a worker that died; undefined where nothing came within the time. */
  take(worker: string, waitMs: number): Promise<Job | undefined>;
  /** Tells the others that this worker is alive: the job stays its own. */
  keep(worker: string, job: Job): Promise<void>;
  /** The job is done: it is gone. */
  done(job: Job): Promise<void>;
}

const stream = "backtests";
const group = "workers";

/** Who has not told for so long, in ms, is dead. {@link Queue.keep} is called four times as often. */
export const deadAfter = 60_000;

/** @param blocking a connection of its own: whoever waits on it holds up everybody behind. */
export function queueIn(redis: Redis, blocking: Redis = redis, deadAfterMs = deadAfter): Queue {
  return {
    add: async (backtest, correlationId) => {
      await asking(() => redis.xadd(stream, "*", "backtest", backtest, "correlation_id", correlationId));
    },
    waiting: () =>
      asking(async () => {
        const length = await redis.xlen(stream);
        if (length === 0) return 0;
        const pending = await redis.xpending(stream, group).catch(noGroup);
        return length - Number(pending[0]);
      }),
    backtests: async () => {
      const entries = await asking(() => redis.xrange(stream, "-", "+"));
      return new Set(entries.map((entry) => jobOf(entry).backtest));
    },
    take: (worker, waitMs) =>
      asking(async () => {
        await makeGroup(redis);
        const claimed = await redis.xautoclaim(stream, group, worker, deadAfterMs, "0", "COUNT", 1);
        const left = jobIn(claimed[1]);
        if (left !== undefined) return left;
        const read = await blocking.xreadgroup(
          ...(["GROUP", group, worker, "COUNT", 1, "BLOCK", waitMs, "STREAMS", stream, ">"] as const),
        );
        return jobIn(Array.isArray(read) && Array.isArray(read[0]) ? read[0][1] : undefined);
      }),
    keep: async (worker, { entry }) => {
      // Claimed by its owner, an entry counts as new; JUSTID leaves the number of its deliveries.
      await asking(() => redis.xclaim(stream, group, worker, 0, entry, "JUSTID"));
    },
    done: async ({ entry }) => {
      await asking(() => redis.multi().xack(stream, group, entry).xdel(stream, entry).exec());
    },
  };
}

async function makeGroup(redis: Redis): Promise<void> {
  await redis.xgroup("CREATE", stream, group, "0", "MKSTREAM").catch((error: Error) => {
    if (!error.message.startsWith("BUSYGROUP")) throw error;
  });
}

function noGroup(error: Error): readonly unknown[] {
  if (error.message.startsWith("NOGROUP")) return [0];
  throw error;
}

/** Of `[[entry, [name, value, …]], …]`. */
function jobIn(entries: unknown): Job | undefined {
  if (!Array.isArray(entries) || !Array.isArray(entries[0])) return undefined;
  const [entry, fields]: readonly unknown[] = entries[0];
  return Array.isArray(fields) ? jobOf([String(entry), fields.map(String)]) : undefined;
}

function jobOf([entry, fields]: readonly [string, readonly string[]]): Job {
  const field = (name: string): string => String(fields[fields.indexOf(name) + 1]);
  return {
    entry,
    backtest: field("backtest"),
    correlationId: correlationIdFrom(field("correlation_id")),
  };
}
