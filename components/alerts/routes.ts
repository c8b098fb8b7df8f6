import type { Settings } from "../settings.ts";
import { type Duration, formatDuration, hours, minutes, seconds } from "../workload/index.ts";
import type { Alert, Severity } from "./alert.ts";
import { inhibitorName } from "./inhibitions.ts";
import { nobody, type Receiver } from "./receivers.ts";

/** How soon and how often a group of alerts is told. */
export interface Pace {
  /** Until the first message of a group: what fires together is told together. */
  readonly wait: Duration;
  /** Until a message that something in the group has changed; also until what failed is sent again. */
  readonly interval: Duration;
  /** Until the same is told again. */
  readonly repeat: Duration;
}

export const paces: Readonly<Record<Severity, Pace>> = {
  // A page within the minute: 5 s collect what one fault sets off, and no alert that joins a group waits longer.
  critical: { wait: seconds(5), interval: seconds(5), repeat: hours(1) },
  // Nobody waits for it: half a minute collects what scrapes of different times see, twice a day reminds.
  warning: { wait: seconds(30), interval: minutes(5), repeat: hours(12) },
  // The heartbeat's service expects a request every minute.
  none: { wait: seconds(0), interval: minutes(1), repeat: minutes(1) },
};

interface Told {
  readonly receiver: Receiver;
  /** Only alerts of this category; default: all. */
  readonly category?: "database";
  /** Only single faults of an alert, by matchers; default: all. */
  readonly only?: readonly string[];
}

/**
 * critical → PagerDuty and Slack, warning → Slack, database also → e-mail, everything → webhook; the Watchdog only →
 * heartbeat. Slack cannot say that Slack fails: then PagerDuty does, with the severity warning, which wakes nobody.
 */
const told: Readonly<Record<Severity, readonly Told[]>> = {
  critical: [
    { receiver: "pagerduty" },
    { receiver: "slack" },
    { receiver: "email", category: "database" },
    { receiver: "webhook" },
  ],
  warning: [
    { receiver: "slack" },
    { receiver: "email", category: "database" },
    { receiver: "webhook" },
    { receiver: "pagerduty", only: ['alertname="NotificationsFailing"', 'integration="slack"'] },
  ],
  none: [{ receiver: "heartbeat" }],
};

/** Who is told of an alert, whatever its fault. */
export const receiversFor = ({ severity, category }: Pick<Alert, "severity" | "category">): readonly Receiver[] =>
  told[severity]
    .filter((each) => each.only === undefined && (each.category ?? category) === category)
    .map(({ receiver }) => receiver);

/** Alertmanager's `route`. */
export function routeTree({ alerts }: Settings) {
  const windows = Object.keys(alerts.maintenance);
  const severities: readonly Severity[] = [
    ...(alerts.heartbeatUrl === undefined ? [] : (["none"] as const)),
    "critical",
    "warning",
  ];
  return {
    // For what has no severity of ours, so that nothing is lost.
    receiver: "webhook",
    // One service of one environment is one incident: one message.
    group_by: ["environment", "service"],
    routes: [
      { matchers: [`alertname=~"${inhibitorName(".+")}"`], receiver: nobody },
      ...severities.map((severity) => ({
        matchers: [`severity="${severity}"`],
        ...timing(paces[severity]),
        receiver: "webhook",
        routes: told[severity].map(({ receiver, ...which }) => ({
          receiver,
          ...matched(which),
          // Pages are never muted, and the application hears everything.
          ...(severity === "warning" && receiver !== "webhook" && windows.length > 0
            ? { mute_time_intervals: windows }
            : {}),
          continue: true,
        })),
      })),
    ],
  };
}

/** Alertmanager's `time_intervals`: the stack's windows of maintenance, in UTC. */
export const timeIntervals = ({ alerts }: Settings) =>
  Object.entries(alerts.maintenance).map(([name, { days, from, to }]) => ({
    name,
    time_intervals: [
      { ...(days === undefined ? {} : { weekdays: days }), times: [{ start_time: from, end_time: to }] },
    ],
  }));

function matched({ category, only = [] }: Omit<Told, "receiver">) {
  const matchers = [...(category === undefined ? [] : [`category="${category}"`]), ...only];
  return matchers.length === 0 ? {} : { matchers };
}

const timing = ({ wait, interval, repeat }: Pace) => ({
  group_wait: formatDuration(wait),
  group_interval: formatDuration(interval),
  repeat_interval: formatDuration(repeat),
});
