import type { Settings } from "../settings.ts";
import { type Duration, formatDuration, seconds } from "../workload/index.ts";
import { type Case, forgotten, holds, type Told } from "./behaviour.ts";

/**
 * What a selector finds, less what nobody has seen lately. Where Prometheus itself is killed while an instance gets
 * another address (a host, or a whole dev, that starts anew), no one says that the old series has ended: it would count
 * on with its last value for five minutes, and hide that the new instance hangs.
 */
export const present = (selector: string, { alerts }: Settings): string =>
  `${selector} and present_over_time(${selector}[${formatDuration(alerts.timing.critical.window)}])`;

/** For an alert that asks no more than what is present: an instance was well before all was killed, and its successor is not. */
export const afterAllWasKilled = (
  series: (instance: string) => string,
  lasting: Duration,
  { alerts }: Settings,
  tells: readonly Told[],
): Case => ({
  name: "Prometheus was killed with it, and it has another address since",
  earlier: { [series("before")]: holds(1) },
  state: { [series("before")]: forgotten, [series("after")]: holds(0) },
  lasts: seconds(lasting.seconds + alerts.timing.critical.window.seconds),
  tells,
});
