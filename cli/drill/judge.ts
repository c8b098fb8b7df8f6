import type { Alert, Severity } from "../../components/alerts/alert.ts";
import { worstDelay } from "../../components/alerts/delay.ts";
import { inhibitions } from "../../components/alerts/inhibitions.ts";
import type { AlertName } from "../../components/alerts/names.ts";
import type { Receiver } from "../../components/alerts/receivers.ts";
import { paces, receiversFor } from "../../components/alerts/routes.ts";
import type { Settings } from "../../components/settings.ts";
import type { Message } from "../../services/alert-sink/messages.ts";
import { channels } from "../../services/alert-sink/received.ts";
import type { Drill } from "./drill.ts";

/** What a drill promises in a stack. */
export interface Promised {
  readonly alert: AlertName;
  readonly fault: string;
  readonly severity: Severity;
  readonly channels: readonly Receiver[];
  /** Alerts that follow from the fault, and are told to nobody. */
  readonly inhibited: readonly AlertName[];
  readonly also: readonly AlertName[];
  readonly onsetSeconds: number;
  /** From the fault, as large as the threshold asks, until every channel has the message. */
  readonly withinSeconds: number;
  /** From the repair until every channel knows. */
  readonly resolvedWithinSeconds: number;
}

/** Seconds for what was stopped to start, and for what was filled to be emptied. */
const recovery = 120;

/** Undefined where the stack has no such alert. */
export function promisedBy(drill: Drill, settings: Settings, alerts: readonly Alert[]): Promised | undefined {
  const alert = alerts.find(({ name }) => name === drill.alert);
  if (alert === undefined) return undefined;
  const { interval } = paces[alert.severity];
  const forgotten = (alert.forgets ?? alert.window)?.seconds ?? 0;
  return {
    alert: alert.name,
    fault: drill.fault.what,
    severity: alert.severity,
    channels: receiversFor(alert),
    inhibited: [
      ...new Set(inhibitions.filter(({ source }) => source === alert.name).flatMap(({ targets }) => targets)),
    ],
    also: drill.also ?? [],
    onsetSeconds: drill.onset?.(settings).seconds ?? 0,
    withinSeconds: worstDelay(alert, settings).seconds,
    resolvedWithinSeconds: forgotten + 2 * settings.metrics.scrapeInterval.seconds + interval.seconds + recovery,
  };
}

/** What happened in a drill, in milliseconds since 1970. */
export interface Times {
  /** The fault was there. */
  readonly set: number;
  /** Its repair began. */
  readonly repaired?: number;
  readonly ended: number;
}

export interface Outcome extends Promised {
  readonly times: Times;
  /** Seconds after the fault was as large as the threshold asks, by channel. */
  readonly told: Readonly<Partial<Record<Receiver, number>>>;
  /** Seconds after the repair began. */
  readonly resolved: Readonly<Partial<Record<Receiver, number>>>;
  /** Until the last of the channels had it; missing where one of them never did. */
  readonly afterSeconds?: number;
  /** What other alerts told meanwhile. */
  readonly others: readonly string[];
  /** Empty where all is as promised. */
  readonly problems: readonly string[];
}

/** Judges a drill by what came at the sink. `meanwhile`: alerts of the drills that ran beside it, with their own. */
export function judge(
  promised: Promised,
  times: Times,
  messages: readonly Message[],
  meanwhile: ReadonlySet<string> = new Set(),
): Outcome {
  const during = messages.filter(({ at }) => Date.parse(at) > times.set && Date.parse(at) <= times.ended);
  const large = times.set + 1000 * promised.onsetSeconds;
  const told = firstOf(during, large, ({ firing }) => firing.includes(promised.alert));
  const { repaired } = times;
  const over = during.filter(({ at }) => Date.parse(at) > (repaired ?? Number.POSITIVE_INFINITY));
  const resolved = firstOf(over, repaired ?? 0, ({ resolved: names }) => names.includes(promised.alert));
  const all = promised.channels.map((channel) => told[channel]);
  const last = all.every((seconds) => seconds !== undefined) ? Math.max(...all) : undefined;
  const own: ReadonlySet<string> = new Set([promised.alert, ...promised.also, ...meanwhile]);
  const strangers = during.filter(({ firing }) => firing.some((name) => !own.has(name)));
  const namesIn = (found: readonly Message[]) =>
    [...new Set(found.flatMap(({ firing }) => firing))].filter((name) => !own.has(name));
  const paged = namesIn(strangers.filter(({ channel }) => channel === "pagerduty"));
  const silent: ReadonlySet<string> = new Set(promised.inhibited);
  // While the fault lasts: what it left behind may be told after it.
  const whileBroken = strangers.filter(({ at }) => Date.parse(at) <= (repaired ?? times.ended));
  const broken = namesIn(whileBroken).filter((name) => silent.has(name));
  const wrongChannels = channels.filter(
    (channel) => told[channel] !== undefined && !promised.channels.includes(channel),
  );
  const missing = promised.channels.filter((channel) => told[channel] === undefined);
  const unresolved = promised.channels.filter((channel) => resolved[channel] === undefined);
  return {
    ...promised,
    times,
    told,
    resolved,
    ...(last === undefined ? {} : { afterSeconds: last }),
    others: namesIn(strangers),
    problems: [
      ...(missing.length > 0 ? [`not told: ${missing.join(", ")}`] : []),
      ...(last !== undefined && last > promised.withinSeconds ? [`too late: ${last} s`] : []),
      ...(wrongChannels.length > 0 ? [`told to ${wrongChannels.join(", ")} too`] : []),
      ...(paged.length > 0 ? [`paged for ${paged.join(", ")}`] : []),
      ...(broken.length > 0 ? [`not inhibited: ${broken.join(", ")}`] : []),
      ...(missing.length === 0 && unresolved.length > 0 ? [`not resolved: ${unresolved.join(", ")}`] : []),
    ],
  };
}

/** Seconds from a moment to the first such message of each channel. */
function firstOf(
  messages: readonly Message[],
  from: number,
  isIt: (message: Message) => boolean,
): Partial<Record<Receiver, number>> {
  const first: Partial<Record<Receiver, number>> = {};
  for (const message of messages) {
    if (isIt(message)) first[message.channel] ??= Math.round((Date.parse(message.at) - from) / 100) / 10;
  }
  return first;
}
