import type { Duration } from "./duration.ts";
import { ensure } from "./problem.ts";

interface RolloutBase {
  /** A release that fails is taken back; the last good one serves on. */
  readonly rollbackOnFailure: boolean;
  /** A release that is not ready by then has failed. Longer than the time to ready; whole seconds. */
  readonly progressDeadline: Duration;
  /** How many earlier releases can be gone back to; at least 1. */
  readonly revisionsKept: number;
  /** From the polite signal to the kill; whole seconds, at least 1 (ECS takes 0 for "not said"). */
  readonly stopGracePeriod: Duration;
}

/** New instances first, old ones leave when the new are ready: for what is stateless. */
export interface RollingRollout extends RolloutBase {
  readonly strategy: "rolling";
  /** Instances above the wanted number while it runs; at least 1, so nothing is taken away before its successor is ready. */
  readonly surge: number;
  /** Instances below the wanted number while it runs. */
  readonly unavailable: number;
}

/** The old instance stops before the new one starts: for the owner of a volume. */
export interface StopFirstRollout extends RolloutBase {
  readonly strategy: "stop-first";
}

/** Host after host: for what runs once on each. */
export interface PerHostRollout extends RolloutBase {
  readonly strategy: "per-host";
  /** Hosts without an instance while it runs; at least 1 (two instances cannot share a host). */
  readonly unavailable: number;
}

export type Rollout = RollingRollout | StopFirstRollout | PerHostRollout;

/** Refuses a rollout that can never make progress or never go back. */
export function rollout<R extends Rollout>(value: R): R {
  ensure(
    Number.isInteger(value.revisionsKept) && value.revisionsKept >= 1,
    `rollout: revisionsKept ${value.revisionsKept} must be at least 1, or there is nothing to go back to`,
  );
  for (const field of ["progressDeadline", "stopGracePeriod"] as const) {
    const { seconds } = value[field];
    ensure(
      Number.isInteger(seconds) && seconds >= 1,
      `rollout: ${field} ${seconds} s must be whole seconds, at least 1`,
    );
  }
  if (value.strategy === "rolling") {
    ensure(
      Number.isInteger(value.surge) && value.surge >= 1,
      `rollout: surge ${value.surge} must be a whole number of at least 1`,
    );
    ensure(
      Number.isInteger(value.unavailable) && value.unavailable >= 0,
      `rollout: unavailable ${value.unavailable} must be a whole number of at least 0`,
    );
  }
  if (value.strategy === "per-host") {
    ensure(
      value.unavailable >= 1,
      `rollout: unavailable ${value.unavailable} must be at least 1: two instances cannot share a host`,
    );
  }
  return value;
}
