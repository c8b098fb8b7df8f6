import { formatDuration } from "../workload/index.ts";
import type { Alert, Watched } from "./alert.ts";
import { counts, type State } from "./behaviour.ts";

/** Of the way of the log lines. What is down altogether is TargetDown. */
export const loggingAlerts = (watched: Watched): readonly Alert[] => [logsDropped(watched), logStorageFailing(watched)];

function logsDropped({ settings: { alerts } }: Watched): Alert {
  const { window, for: lasting } = alerts.timing.warning;
  const lost = (byPromtail: number, byLoki: number): State => ({
    'promtail_dropped_entries_total{job="promtail",instance="a",reason="ingester_error"}': counts(byPromtail),
    'loki_discarded_samples_total{job="loki",instance="b",reason="rate_limited"}': counts(byLoki),
  });
  const rate = (metric: string) => `rate(${metric}[${formatDuration(window)}])`;
  return {
    name: "LogsDropped",
    category: "logging",
    team: "platform",
    service: "{{ $labels.job }}",
    severity: "warning",
    expression: `sum by (job) (${rate("promtail_dropped_entries_total")} or ${rate("loki_discarded_samples_total")}) > 0`,
    window,
    for: lasting,
    summary: '{{ $labels.job }} loses {{ printf "%.1f" $value }} log lines a second',
    description: "Log lines are lost for ever: Promtail gave up sending them, or Loki refused them.",
    behaviour: {
      calm: lost(0, 0),
      fault: lost(2, 0),
      tells: [{ labels: { job: "promtail", service: "promtail" }, summary: "promtail loses 2.0 log lines a second" }],
      cases: [
        {
          name: "refused by Loki",
          state: lost(0, 3),
          tells: [{ labels: { job: "loki", service: "loki" }, summary: "loki loses 3.0 log lines a second" }],
        },
      ],
    },
  };
}

/** Loki goes on in memory where its disk is full, and says so in these counters alone: a restart would lose those lines. */
function logStorageFailing({ settings: { alerts } }: Watched): Alert {
  const { window, for: lasting } = alerts.timing.warning;
  const [log, chunks] = ["loki_ingester_wal_disk_full_failures_total", "loki_ingester_chunks_flush_failures_total"];
  const refused = (ofLog: number, ofChunks: number): State => ({
    [`${log}{job="loki",instance="a"}`]: counts(ofLog),
    [`${chunks}{job="loki",instance="a"}`]: counts(ofChunks),
  });
  const rate = (metric: string) => `rate(${metric}[${formatDuration(window)}])`;
  const tells = (perSecond: string) => [
    { labels: { instance: "a", service: "loki" }, summary: `Loki's storage on a refuses ${perSecond} writes a second` },
  ];
  return {
    name: "LogStorageFailing",
    category: "logging",
    team: "platform",
    service: "loki",
    severity: "warning",
    expression: `sum by (instance) (${rate(log)} + ${rate(chunks)}) > 0`,
    window,
    for: lasting,
    summary: `Loki's storage on {{ $labels.instance }} refuses {{ printf "%.1f" $value }} writes a second`,
    description:
      "Log lines are in Loki's memory alone: its disk is full, or its bucket refuses. They are lost when it is started anew.",
    behaviour: {
      calm: refused(0, 0),
      fault: refused(2, 0),
      tells: tells("2.0"),
      cases: [{ name: "the bucket refuses", state: refused(0, 3), tells: tells("3.0") }],
    },
  };
}
