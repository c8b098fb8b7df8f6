import { setTimeout as sleep } from "node:timers/promises";

/** Operations under way, which an interrupted update ends. */
export class Cancellation {
  readonly #running = new Set<AbortController>();

  async run<Result>(operation: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    this.#running.add(controller);
    try {
      return await operation(controller.signal);
    } finally {
      this.#running.delete(controller);
    }
  }

  cancel(): void {
    for (const controller of this.#running) controller.abort();
  }
}

/** Between two questions, in ms: short beside what is waited for, long beside what a question costs a daemon of one machine. */
const usualPause = 200;

/** Asks again and again until there is an answer, the time is over (undefined) or the update is interrupted (throws). */
export async function poll<Answer>(
  ask: () => Promise<Answer | undefined>,
  milliseconds: number,
  signal: AbortSignal,
  pause = usualPause,
): Promise<Answer | undefined> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() >= end) return answer;
    await sleep(pause, undefined, { signal });
  }
}
