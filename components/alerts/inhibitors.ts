import type { Settings } from "../settings.ts";
import { type Duration, formatDuration, seconds } from "../workload/index.ts";
import type { Alert } from "./alert.ts";
import { apart, evaluationOf } from "./delay.ts";
import { inhibitions, inhibitorName } from "./inhibitions.ts";
import { present } from "./present.ts";

/**
 * A rule beside an alert that silences others. It tells nobody, fires a little before the alert and a little longer, and
 * silences what the alert does: else what follows from a fault might be told in the seconds before its cause is, because
 * an exporter sees it later, or after it, because a rate still sees what is over.
 */
export interface Inhibitor {
  readonly name: ReturnType<typeof inhibitorName>;
  readonly source: Alert;
  /** It fires when the source has waited for so long. */
  readonly from: Duration;
  /** It fires for so long after the source has. */
  readonly after: Duration;
  /** PromQL. */
  readonly expression: string;
}

/**
 * Seconds after a fault is seen to be over in which what it broke gets well: clients connect again, what has waited is
 * worked off. `docs/drills.md` has what was measured.
 */
const recovery = 30;

/** One for each of the stack's alerts that silences another. */
export function inhibitorsOf(alerts: readonly Alert[], settings: Settings): readonly Inhibitor[] {
  return alerts.flatMap((source) => {
    const targets = inhibitions.filter((each) => each.source === source.name).flatMap((each) => each.targets);
    const own = alerts.filter(({ name }) => targets.includes(name));
    return own.length === 0 ? [] : [inhibitorOf(source, own, settings)];
  });
}

function inhibitorOf(source: Alert, targets: readonly Alert[], settings: Settings): Inhibitor {
  const { metrics, alerts } = settings;
  const from = silentFrom(source, targets, settings);
  const after = seconds(alerts.timing.critical.window.seconds + 2 * metrics.scrapeInterval.seconds + recovery);
  return {
    name: inhibitorName(source.name),
    source,
    from,
    after,
    // Both halves ask what Prometheus itself writes down of an alert. A source that comes and goes, and is never told itself,
    // silences nothing while it is away: a flapping database does not hide what it breaks.
    expression: [
      `time() - max(${present(`ALERTS_FOR_STATE{alertname="${source.name}"}`, settings)}) >= ${from.seconds}`,
      `max(max_over_time(ALERTS{alertname="${source.name}",alertstate="firing"}[${formatDuration(after)}]))`,
    ].join(" or "),
  };
}

/** So late that a blip silences nothing, and so early that nothing is told before: in whole evaluations. */
function silentFrom(source: Alert, targets: readonly Alert[], settings: Settings): Duration {
  const soonest = Math.min(...[source, ...targets].map((alert) => alert.for.seconds));
  const evaluation = evaluationOf(source, settings).seconds;
  return seconds(Math.max(0, Math.floor((soonest - apart(settings).seconds) / evaluation) * evaluation));
}
