import type { LiveStack } from "./live.ts";
import type { Operation, RunResult } from "./result.ts";
import type { StackOf } from "./stacks.ts";

/** What a target needs around a deployment and no provider does: it is there before the plan, and cleaned before the deed. */
export interface Ground {
  /** Laid over the stack's settings for this operation, whole keys with their namespace. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Before the plan. Throws a UserError where what would be deployed cannot run. Default: it can. */
  requireReady?(): void;
  /** What the state says and is not so any more; undefined where it is right. */
  outdated(live: LiveStack): Promise<Outdated | undefined>;
  /**
   * Looks at the plan and at what is really there. Throws a UserError that names all that stands in the way.
   * @param volumes whether volumes with data go too.
   */
  survey(live: LiveStack, plan: RunResult, volumes: boolean): Promise<Survey>;
  /** Said after an `up` that went well: who may log in where, and what to do next. */
  readonly next: readonly string[];
  /** What can be told of an update that has failed, line by line. Default: nothing more. */
  afterFailure?(live: LiveStack): Promise<readonly string[]>;
}

/** Why a state has to be refreshed before the plan. */
export interface Outdated {
  /** As `no longer there: backend`. */
  readonly why: string;
  /** What is refreshed. Default: everything. */
  readonly urns?: readonly string[];
}

export interface Survey {
  /** What will be done beside the plan, for the person who is asked. */
  readonly lines: readonly string[];
  /** Does what comes before the deployment. */
  clear(): Promise<void>;
  /** Does what comes after it. */
  finish(): Promise<void>;
}

/** Finds the ground of an operation, and for `up` makes what it needs; undefined where the stack's target needs none. */
export type GroundOf = (stackOf: StackOf, operation: Operation) => Promise<Ground | undefined>;
