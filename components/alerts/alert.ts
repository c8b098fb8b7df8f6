import type { Settings } from "../settings.ts";
import type { Duration, LogFormat } from "../workload/index.ts";
import type { Behaviour } from "./behaviour.ts";
import type { AlertName } from "./names.ts";

/** `none`: no fault, told to nobody but the heartbeat. */
export type Severity = "critical" | "warning" | "none";

/** What an alert is about: a group of rules, a dashboard of that name, and a file of this folder. */
export const alertCategories = [
  "application",
  "database",
  "redis",
  "infrastructure",
  "containers",
  "business",
  "monitoring",
  "logging",
] as const;
export type Category = (typeof alertCategories)[number];

/** Who repairs it. */
export type Team = "trading" | "database" | "platform";

/** One alert: all that its rule, its tests, its route and its runbook are made from. */
export interface Alert {
  readonly name: AlertName;
  readonly category: Category;
  readonly severity: Severity;
  readonly team: Team;
  /** Member of the platform that is at fault; may be a template, as `{{ $labels.job }}`. */
  readonly service: string;
  /** What the stack adds to its labels. */
  readonly moreLabels?: Readonly<Record<string, string>>;
  /** Who asks: Prometheus its metrics (default), or Loki's ruler the log lines. */
  readonly source?: "logs";
  /** PromQL, or LogQL of log lines; true while the fault lasts. */
  readonly expression: string;
  /** Time that the expression looks back: so long a fault may take to show in full. Default: it asks the last scrape alone. */
  readonly window?: Duration;
  /** How long after its end a fault is still seen; default: `window`. */
  readonly forgets?: Duration;
  /** The longest blip that it ignores, where that is more than what `for` gives. */
  readonly ignores?: Duration;
  /** The fault must last this long: a blip pages nobody. */
  readonly for: Duration;
  /** One line with value and unit; may use the labels that the expression returns. */
  readonly summary: string;
  /** What it means, with threshold and unit. */
  readonly description: string;
  /** How its series look when all is well and when not: its rule tests are made from it. */
  readonly behaviour: Behaviour | "always fires";
}

/** What a stack's alerts are made of. */
export interface Watched {
  readonly settings: Settings;
  /** Jobs that the stack's Prometheus scrapes: an alert exists only where what it watches exists. */
  readonly jobs: readonly string[];
}

/** A service whose log lines are collected. */
export interface Logger {
  readonly name: string;
  readonly format: LogFormat;
}

/** What a stack's alerts of log lines are made of. */
export interface Logged {
  readonly settings: Settings;
  /** None where nothing collects or stores lines. */
  readonly loggers: readonly Logger[];
}
