import { Histogram, type HistogramConfiguration, type Value } from "prom-client";

export const requestLabels = ["method", "route", "status"] as const;
type Label = (typeof requestLabels)[number];

declare module "prom-client" {
  interface Histogram<T extends string> {
    /** Not among its types (15.1): what both a scrape's text and `get` are made of. */
    getForPromString(): Promise<Omit<Awaited<ReturnType<Histogram<T>["get"]>>, "values"> & { values: Value<T>[] }>;
  }
  interface Value<T extends string> {
    labels: { le?: number | string };
    sharedLabels: LabelValues<T>;
    value: number;
    metricName: string;
  }
}

/** Answers of one method, route and status. */
interface Cell {
  readonly labels: Readonly<Record<Label, string>>;
  /** By bucket, not summed up; the last is of what is above all bounds. */
  readonly counts: number[];
  sum: number;
}

/**
 * A histogram of requests that costs an answer three look-ups: prom-client's own makes a text of all labels each time. What
 * is counted is put into words when it is asked for, once a scrape and not once a request. Labels are to be told by `answered` alone or by `observe` alone.
 */
export class RequestTimes extends Histogram<Label> {
  readonly #name: string;
  readonly #bounds: readonly number[];
  readonly #cells = new Map<string, Map<string, Map<number, Cell>>>();

  constructor({
    buckets,
    ...configuration
  }: Omit<HistogramConfiguration<Label>, "labelNames" | "buckets"> & { buckets: readonly number[] }) {
    super({ ...configuration, buckets: [...buckets], labelNames: requestLabels });
    this.#name = configuration.name;
    this.#bounds = buckets;
  }

  /** As `observe`, of an answer. */
  answered(method: string, route: string, status: number, seconds: number): void {
    const cell = this.#cells.get(route)?.get(method)?.get(status) ?? this.#add(method, route, status);
    let bucket = 0;
    for (const bound of this.#bounds) {
      if (seconds <= bound) break;
      bucket += 1;
    }
    cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1;
    cell.sum += seconds;
  }

  override async getForPromString(): ReturnType<Histogram<Label>["getForPromString"]> {
    const observed = await super.getForPromString();
    const cells = [...this.#cells.values()].flatMap((methods) => [...methods.values()]);
    const answered = cells.flatMap((statuses) => [...statuses.values()].flatMap((cell) => this.#written(cell)));
    return { ...observed, values: [...observed.values, ...answered] };
  }

  #written({ labels: sharedLabels, counts, sum }: Cell): readonly Value<Label>[] {
    const of = (name: string, value: number, labels = {}) => ({
      metricName: `${this.#name}_${name}`,
      ...{ labels, sharedLabels, value },
    });
    let count = 0;
    const buckets = [...this.#bounds, "+Inf"].map((le, index) => {
      count += counts[index] ?? 0;
      return of("bucket", count, { le });
    });
    return [...buckets, of("sum", sum), of("count", count)];
  }

  #add(method: string, route: string, status: number): Cell {
    const methods = this.#cells.get(route) ?? new Map<string, Map<number, Cell>>();
    const statuses = methods.get(method) ?? new Map<number, Cell>();
    const labels = { method, route, status: String(status) };
    const cell = { labels, counts: [...this.#bounds.map(() => 0), 0], sum: 0 };
    this.#cells.set(route, methods.set(method, statuses.set(status, cell)));
    return cell;
  }
}
