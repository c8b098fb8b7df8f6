import type { Redis } from "ioredis";
import { type LogLevel, logLevels } from "../configuration.ts";
import { asking } from "./cache.ts";

/** What an administrator changes in running instances, for a while. */
export interface Controls {
  /** In place of the configured one. */
  readonly logLevel?: LogLevel;
  readonly faults: Faults;
}

/** Faults that can be switched on for drills; 0 and false are none. */
export interface Faults {
  /** The exchange answers nothing. */
  readonly exchangeFails: boolean;
  /** The exchange executes, and its answer does not arrive. */
  readonly exchangeLosesAnswers: boolean;
  /** The exchange takes this much longer. */
  readonly exchangeDelayMs: number;
  /** So many of a hundred requests are answered with 500. */
  readonly errorPercent: number;
  /** Every request takes this much longer. */
  readonly delayMs: number;
  /** Workers take nothing. */
  readonly workersPaused: boolean;
}

export const noFaults: Faults = {
  exchangeFails: false,
  exchangeLosesAnswers: false,
  exchangeDelayMs: 0,
  errorPercent: 0,
  delayMs: 0,
  workersPaused: false,
};

export interface ControlStore {
  read(): Promise<Controls>;
  setLogLevel(level: LogLevel | undefined): Promise<void>;
  setFaults(faults: Faults): Promise<void>;
}

const levelKey = "controls:log-level";
const faultsKey = "controls:faults";
/** Nobody remembers to set it back. */
const lastsSeconds = 3600;

/** In Redis, so that every instance hears of it. */
export function controlsIn(redis: Redis): ControlStore {
  return {
    read: () =>
      asking(async () => {
        const [level, faults] = await redis.mget(levelKey, faultsKey);
        const logLevel = logLevels.find((known) => known === level);
        return {
          ...(logLevel === undefined ? {} : { logLevel }),
          faults: { ...noFaults, ...(faults ? JSON.parse(faults) : {}) },
        };
      }),
    setLogLevel: async (level) => {
      await asking(async () => {
        if (level === undefined) await redis.del(levelKey);
        else await redis.setex(levelKey, lastsSeconds, level);
      });
    },
    setFaults: async (faults) => {
      await asking(() => redis.setex(faultsKey, lastsSeconds, JSON.stringify(faults)));
    },
  };
}
