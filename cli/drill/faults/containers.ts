import type { Fault } from "../drill.ts";

/** Ended at once, as by a crash; nobody starts it again. */
export const stopped = (component: string): Fault => ({
  what: `${component} is stopped`,
  set: ({ stop }) => stop(component),
  repair: ({ start }) => start(component),
});
