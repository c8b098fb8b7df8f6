import type { Found, State } from "../../served-provider.ts";
import type { Properties } from "../../value.ts";
import type { Daemon } from "./client.ts";

/** What an operation on one resource works with. */
export interface Operation {
  readonly daemon: Daemon;
  /** Aborted when the update is interrupted. */
  readonly signal: AbortSignal;
  /** Tells what nobody needs to know until something is odd. */
  readonly debug: (message: string) => void;
}

/** One type of resource on a real daemon. All reject with an error for a person where the daemon refuses. */
export interface DrivenResource {
  create(inputs: Properties, operation: Operation): Promise<State>;
  /** Undefined where it is gone. `inputs`: of last time, empty for one that is only named. */
  read(state: State, inputs: Properties, operation: Operation): Promise<Found | undefined>;
  /** Answers the outputs. */
  update(state: State, inputs: Properties, operation: Operation): Promise<Properties>;
  /** What is gone already is deleted. */
  delete(state: State, operation: Operation): Promise<void>;
}
