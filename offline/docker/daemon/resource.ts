import type { DrivenResource as Driven } from "../../driver.ts";
import type { Daemon } from "./client.ts";

/** What an operation on one resource works with. */
export interface Operation {
  readonly daemon: Daemon;
  /** Aborted when the update is interrupted. */
  readonly signal: AbortSignal;
  /** Tells what nobody needs to know until something is odd. */
  readonly debug: (message: string) => void;
}

/** One type of resource on a real daemon. */
export type DrivenResource = Driven<Operation>;
