import type { Configuration } from "./configuration.ts";
import type { Log } from "./observability/log.ts";
import { type ControlStore, type Faults, noFaults } from "./storage/controls.ts";
import { type Loop, startLoop } from "./work/loop.ts";

/** What an administrator set, as this process has last heard of it. */
export interface RuntimeControls extends Loop {
  readonly faults: () => Faults;
}

/** Milliseconds until every instance has heard of a change. */
const lookAgain = 1_000;

/**
 * Follows the controls: sets the log level, and tells which faults are on, if there may be any. While Redis is away, all
 * stays as it is.
 */
export function watchControls(
  store: Pick<ControlStore, "read">,
  configured: Pick<Configuration, "log" | "faults">,
  log: Log,
): RuntimeControls {
  let faults = noFaults;
  const turn = async () => {
    const read = await store.read();
    const level = read.logLevel ?? configured.log.level;
    if (level !== log.level()) {
      log.setLevel(level);
      log.always.info({ event: "log_level", to: level }, "log level changed");
    }
    faults = configured.faults ? read.faults : noFaults;
    return "idle" as const;
  };
  const loop = startLoop(turn, { pauseMs: lookAgain, onError: () => {} });
  return { ...loop, faults: () => faults };
}
