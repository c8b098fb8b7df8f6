import type { Logged, Severity, Watched } from "../alerts/alert.ts";

/** What a stack's dashboards are made of: a panel exists only where what it asks exists. */
export type Shown = Watched & Logged;

/** One dashboard, as a plain value. */
export interface Dashboard {
  /** `/d/<uid>`: links of messages lead there, so it never changes. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  /** One without panels is left out, and so is a dashboard without any. */
  readonly rows: readonly Row[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A choice above the panels; `$name` in their queries. */
export type Variable =
  /** Of the values that a label has; all at first. */
  | {
      readonly kind: "label";
      readonly name: string;
      readonly title: string;
      readonly source: Source;
      readonly label: string;
      /** Of these series or streams. */
      readonly of: string;
    }
  /** What a person types. */
  | { readonly kind: "text"; readonly name: string; readonly title: string; readonly initial: string };

/** Who is asked; also the uid of the data source. */
export type Source = "prometheus" | "loki";

/** Grafana's words for them (its `units`): bytes count in 1024, rates in events a second. */
export type Unit = "percent" | "s" | "bytes" | "binBps" | "reqps" | "ops" | "short" | "bool_yes_no";

export interface Query {
  readonly expression: string;
  /** Name of each line, as `{{instance}}`. */
  readonly legend: string;
}

/** From where on a value is bad. */
export interface Limit {
  readonly value: number;
  readonly isBad: "above" | "below";
  readonly severity: Severity;
}

interface AnyPanel {
  readonly title: string;
  /** What it shows, and what to make of it. */
  readonly description: string;
  /** Of an alert's panel ({@link panelOf}); others are numbered in their order. */
  readonly id?: number;
  /** Of 24 columns. */
  readonly width: 4 | 6 | 8 | 12 | 24;
}

export interface NumberPanel extends AnyPanel {
  /** Over time, the last value alone, or a table of labels. */
  readonly kind: "lines" | "figure" | "table";
  readonly source: Source;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  readonly limits: readonly Limit[];
}

/** Log lines as they were written. */
export interface LogPanel extends AnyPanel {
  readonly kind: "log";
  readonly query: string;
}

export type Panel = NumberPanel | LogPanel;

/** Over which rates are taken: as long as Grafana thinks that the scrape interval and the picture's width need. */
export const rateWindow = "$__rate_interval";

type Asked = Pick<NumberPanel, "title" | "description" | "unit"> & {
  readonly source?: Source;
  readonly width?: NumberPanel["width"];
  readonly limits?: readonly Limit[];
};

/** Values over time: of each query its expression and the name of its lines. */
export const lines = (asked: Asked, ...queries: readonly (readonly [expression: string, legend: string])[]): Panel =>
  numbers("lines", 8, asked, queries);

/** One number, as large as it gets. */
export const figure = (asked: Asked, ...queries: readonly (readonly [expression: string, legend: string])[]): Panel =>
  numbers("figure", 4, asked, queries);

/** The labels of what is there now. */
export const table = (asked: Asked, expression: string): Panel => numbers("table", 12, asked, [[expression, ""]]);

const numbers = (
  kind: NumberPanel["kind"],
  usualWidth: NumberPanel["width"],
  { source = "prometheus", width = usualWidth, limits = [], ...asked }: Asked,
  queries: readonly (readonly [expression: string, legend: string])[],
): Panel => ({
  ...asked,
  kind,
  source,
  width,
  limits,
  queries: queries.map(([expression, legend]) => ({ expression, legend })),
});

/** Where the stack has that job. */
export const where = <T>({ jobs }: Pick<Shown, "jobs">, job: string, ...then: readonly T[]): readonly T[] =>
  jobs.includes(job) ? then : [];
