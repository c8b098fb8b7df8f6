/** Figures out of metrics as the registry holds them. */
export interface MetricValue {
  readonly value: number;
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
  /** Of a histogram: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}

export const total = (values: readonly MetricValue[]): number => values.reduce((sum, { value }) => sum + value, 0);

export function totalsBy(values: readonly MetricValue[], label: string): Readonly<Record<string, number>> {
  const groups = Map.groupBy(values, ({ labels }) => String(labels[label]));
  return Object.fromEntries([...groups].map(([name, group]) => [name, total(group)]));
}

/** As Prometheus' histogram_quantile: linear within the bucket; NaN for no values. */
export function quantile(values: readonly MetricValue[], share: number): number {
  const buckets = values.filter(({ metricName = "" }) => metricName.endsWith("_bucket"));
  const counts = Object.entries(totalsBy(buckets, "le"))
    .map(([le, count]) => ({ le: le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le), count }))
    .sort((a, b) => a.le - b.le);
  const all = counts.at(-1)?.count ?? 0;
  if (all === 0) return Number.NaN;
  const index = counts.findIndex(({ count }) => count >= share * all);
  const [found, below] = [counts[index], counts[index - 1] ?? { le: 0, count: 0 }];
  if (found === undefined || found.le === Number.POSITIVE_INFINITY) return below.le;
  return below.le + ((found.le - below.le) * (share * all - below.count)) / (found.count - below.count);
}
