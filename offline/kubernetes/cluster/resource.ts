import type { Cluster } from "./client.ts";

/** What an operation on one object works with. */
export interface Operation {
  readonly cluster: Cluster;
  /** Aborted when the update is interrupted. */
  readonly signal: AbortSignal;
  /** How long to wait for what the operation makes or takes away; undefined for what is usual. */
  readonly timeoutSeconds: number | undefined;
}
