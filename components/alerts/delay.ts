import { batchWait, joinWait, rulerInterval } from "../log-pace.ts";
import type { Settings } from "../settings.ts";
import { type Duration, seconds } from "../workload/index.ts";
import type { Alert } from "./alert.ts";
import { peerWait } from "./peers.ts";
import { paces } from "./routes.ts";

/** Prometheus hands what fires to Alertmanager right after each evaluation: on one network, within a second. */
const handover = seconds(1);

/** A container's line on its way to Loki: what might go on it, Promtail's batch, and a second to read it and to be stored. */
const collection = seconds(joinWait.seconds + batchWait.seconds + 1);

/** Alertmanager's request to a receiver that is well. A receiver that is not is NotificationsFailing's. */
const delivery = seconds(2);

/**
 * The longest time from the beginning of a fault, as large as the threshold asks, until its receivers have the message:
 *
 *   seen + evaluation interval + for, in whole evaluations + handover + group + peers + delivery
 *
 * seen: for what asks the last scrape, a scrape interval (the fault begins just after one) and the timeout of the scrape
 * that fails; an exporter's own timeout ends with the scrape's. For rates, the window: from then on it holds nothing of
 * before, and two samples, which the settings guarantee; for log lines, the window and their way to Loki (the newest
 * lines are always on it, so that a fault must be larger than the threshold by its share of the window). group:
 * group_wait, or group_interval where the group has alerts already. peers: where there are two Alertmanagers and the
 * first is gone. Each term is a bound, so their sum is one.
 */
export function worstDelay(alert: Alert, settings: Settings): Duration {
  const { wait, interval } = paces[alert.severity];
  const evaluation = evaluationOf(alert, settings).seconds;
  const seen = seenAfter(alert, settings);
  const lasting = Math.ceil(alert.for.seconds / evaluation) * evaluation;
  const group = Math.max(wait.seconds, interval.seconds);
  const peers = peerWait(settings).seconds;
  return seconds(seen + evaluation + lasting + handover.seconds + group + peers + delivery.seconds);
}

/** Between two evaluations: Prometheus evaluates as often as it scrapes. */
export const evaluationOf = ({ source }: Alert, { metrics }: Settings): Duration =>
  source === "logs" ? rulerInterval : metrics.scrapeInterval;

/**
 * By how much later than another alert one may come to the same fault: a scrape that has just gone by, and one that takes
 * its timeout; an evaluation that has just gone by; and its way to Alertmanager.
 */
export const apart = ({ metrics }: Settings): Duration =>
  seconds(2 * metrics.scrapeInterval.seconds + metrics.scrapeTimeout.seconds + handover.seconds);

function seenAfter({ source, window }: Alert, { metrics }: Settings): number {
  if (source === "logs") return collection.seconds + (window?.seconds ?? 0);
  return window?.seconds ?? metrics.scrapeInterval.seconds + metrics.scrapeTimeout.seconds;
}

/**
 * The longest fault, of whatever size, that is told to nobody. It is seen for as long as it lasts, and then for the window
 * of a rate (else until the next scrape), begun by a scrape that took its timeout; all that must be over within `for`.
 * A log line has the time at which it was written, however late it comes.
 */
export function ignoredBlip(alert: Alert, settings: Settings): Duration {
  const { metrics } = settings;
  const after = (alert.forgets ?? alert.window ?? metrics.scrapeInterval).seconds;
  const byWaiting = alert.for.seconds - after - latenessOf(alert, settings).seconds;
  return seconds(Math.max(0, byWaiting, alert.ignores?.seconds ?? 0));
}

/** How much later than it happened what is seen may be dated. */
export const latenessOf = ({ source }: Alert, { metrics }: Settings): Duration =>
  source === "logs" ? seconds(0) : metrics.scrapeTimeout;
