import { formatDuration } from "../workload/index.ts";
import type { Alert, Watched } from "./alert.ts";
import { counts, holds, type State } from "./behaviour.ts";
import { humanizedDuration } from "./behaviour-text.ts";
import { thresholdsOf } from "./thresholds.ts";

/** Of the way to the remote store, where there is one. */
export const remoteWriteAlerts = (watched: Watched): readonly Alert[] =>
  watched.settings.metrics.remoteWrite === undefined ? [] : [behind(watched), failing(watched)];

const common = { category: "monitoring", team: "platform", service: "prometheus", severity: "warning" } as const;
const queue = '{job="prometheus",remote_name="remote"}';

function behind({ settings: { alerts } }: Watched): Alert {
  const limit = thresholdsOf(alerts, "RemoteWriteBehind").remoteWriteLag.seconds;
  const sent = `prometheus_remote_storage_queue_highest_sent_timestamp_seconds${queue}`;
  const newest = 'prometheus_remote_storage_highest_timestamp_in_seconds{job="prometheus"}';
  const started = 'process_start_time_seconds{job="prometheus"}';
  const lag = (age: number): State => ({
    [newest]: holds(1_000_000),
    [sent]: holds(1_000_000 - age),
    [started]: holds(900_000),
  });
  return {
    ...common,
    name: "RemoteWriteBehind",
    // What was never sent has been late since the start.
    expression: `max(${newest}) - (max(${sent} > 0) or max(${started})) > ${limit}`,
    for: alerts.timing.warning.for,
    summary: "The remote store is {{ $value | humanizeDuration }} behind",
    description: `Its newest sample is older than ${humanizedDuration(limit)}; what is not sent within two hours is lost there.`,
    behaviour: {
      calm: lag(0.9 * limit),
      fault: lag(1.1 * limit),
      tells: [{ summary: `The remote store is ${humanizedDuration(1.1 * limit)} behind` }],
      cases: [
        {
          name: "nothing was ever sent",
          state: { ...lag(0), [sent]: holds(0), [started]: holds(1_000_000 - 2 * limit) },
          tells: [{ summary: `The remote store is ${humanizedDuration(2 * limit)} behind` }],
        },
      ],
    },
  };
}

function failing({ settings: { alerts } }: Watched): Alert {
  const { window, for: lasting } = alerts.timing.warning;
  const failed = (perSecond: number): State => ({
    [`prometheus_remote_storage_samples_failed_total${queue}`]: counts(perSecond),
  });
  return {
    ...common,
    name: "RemoteWriteFailing",
    expression: `sum(rate(prometheus_remote_storage_samples_failed_total${queue}[${formatDuration(window)}])) > 0`,
    window,
    for: lasting,
    summary: 'The remote store refuses {{ printf "%.1f" $value }} samples a second',
    description: "It answers with an error that no second try would change: these samples are lost there.",
    behaviour: {
      calm: failed(0),
      fault: failed(2),
      tells: [{ summary: "The remote store refuses 2.0 samples a second" }],
    },
  };
}
