import { setTimeout as delay } from "node:timers/promises";

/** Something that is done again and again until it is stopped. */
export interface Loop {
  /** Resolves when what was begun is done. */
  stop(): Promise<void>;
}

export type Turn = (signal: AbortSignal) => Promise<"more" | "idle">;

interface LoopOptions {
  /** Milliseconds until the next turn when there was nothing to do. */
  readonly pauseMs: number;
  readonly onError: (error: unknown) => void;
}

/** Milliseconds after a turn that failed: what is away is not asked more often. */
const pauseAfterError = 1_000;

export function startLoop(turn: Turn, { pauseMs, onError }: LoopOptions): Loop {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    while (!signal.aborted) {
      const pause = await turn(signal).then(
        (found) => (found === "more" ? 0 : pauseMs),
        (error: unknown) => {
          onError(error);
          return pauseAfterError;
        },
      );
      if (pause > 0) await delay(pause, undefined, { signal }).catch(() => {});
    }
  })();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
