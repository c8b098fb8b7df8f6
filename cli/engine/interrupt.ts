import { UserError } from "../console/error.ts";

/** What Ctrl-C means while stacks are under way. */
export interface Interrupts {
  readonly interrupt: AbortSignal;
  readonly kill: AbortSignal;
  stop(): void;
}

/**
 * The first Ctrl-C (or SIGTERM) lets every engine finish what is under way and record it, the second ends them at
 * once. A hang-up counts as the first: the terminal is gone, the state must not be.
 * @param words said at the first.
 */
export function listenForInterrupts(
  say: (line: string) => void,
  words = "stopping: what is under way is finished and recorded first (again to end at once)",
): Interrupts {
  const interrupt = new AbortController();
  const kill = new AbortController();
  const onSignal = (): void => {
    if (interrupt.signal.aborted) {
      kill.abort();
      return;
    }
    say(words);
    interrupt.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    interrupt: interrupt.signal,
    kill: kill.signal,
    stop: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

/** How a shell reports a command that was ended by Ctrl-C. */
export const interrupted = (): UserError => new UserError("interrupted", 130);
