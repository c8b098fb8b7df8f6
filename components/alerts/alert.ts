import type { Duration } from "../workload/index.ts";

export type Severity = "critical" | "warning";
export type Category = "application" | "database" | "redis" | "infrastructure" | "business";

/** One alert: all that its rule, its route and its runbook are rendered from. */
export interface Alert {
  readonly name: string;
  readonly category: Category;
  readonly severity: Severity;
  /** PromQL; true while the fault lasts. */
  readonly expression: string;
  /** The fault must last this long: a blip pages nobody. */
  readonly for: Duration;
  readonly summary: string;
  readonly description: string;
}
