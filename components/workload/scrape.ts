import type { Duration } from "./duration.ts";

/** What Prometheus should know of a workload. */
export interface Scrape {
  /** Name of one of the workload's ports. */
  readonly port: string;
  readonly path: string;
  /** Default: the platform's scrape interval. */
  readonly interval?: Duration;
  /** Its metrics tell of others: their labels win over the target's own. Default: false. */
  readonly honorLabels?: boolean;
  /** Answers over TLS, and only who has the platform's password. Default: false. */
  readonly protected?: boolean;
}
