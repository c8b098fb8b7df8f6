import { rulerInterval } from "../log-pace.ts";
import { type Duration, formatDuration, minutes, seconds } from "../workload/index.ts";
import type { Alert, Logged } from "./alert.ts";
import { counts, type State } from "./behaviour.ts";
import { thresholdsOf } from "./thresholds.ts";

/** Of what the log lines say: Loki's ruler asks them. */
export function logLineAlerts(logged: Logged): readonly Alert[] {
  const { loggers } = logged;
  if (loggers.length === 0) return [];
  const isReadable = loggers.some(({ name, format }) => name === "backend" && format === "json");
  return [
    errorBurst(logged),
    ...(isReadable ? [unhandledExceptions(logged), failedLoginBurst(logged)] : []),
    ...serviceStoppedLogging(logged),
  ];
}

const common = { category: "logging", source: "logs", severity: "warning" } as const;

/** Lines of a stream for each minute. */
const lines = (stream: string, perMinute: number): State => ({ [stream]: counts(perMinute / 60) });

/** A fault a tenth beyond its limit is seen by the last evaluation within its window: the first one saw lines already. */
const atTheEndOf = (window: Duration): Duration => seconds(Math.max(0, window.seconds - rulerInterval.seconds));

function errorBurst({ settings: { alerts, stack } }: Logged): Alert {
  const { window, for: lasting } = alerts.timing.warning;
  const limit = thresholdsOf(alerts, "ErrorBurst").errorLinesPerMinute;
  // Products write the level in words and letters of their own.
  const selector = `{stack="${stack}",level=~"(?i)error|critical|fatal"}`;
  const errors = (perMinute: number): State => ({
    ...lines(`{stack="${stack}",service="backend",level="ERROR"} {"level":"ERROR"}`, perMinute / 2),
    ...lines(`{stack="${stack}",service="backend",level="critical"} {"level":"critical"}`, perMinute / 2),
    ...lines(`{stack="${stack}",service="backend",level="INFO"} {"level":"INFO","path":"/error"}`, 10 * limit),
    ...lines(`{stack="another",service="backend",level="ERROR"} {"level":"ERROR"}`, 10 * limit),
    // Each service has its own limit.
    ...lines(`{stack="${stack}",service="gateway",level="error"} {"level":"error"}`, limit / 2),
  });
  return {
    ...common,
    name: "ErrorBurst",
    team: "platform",
    service: "{{ $labels.service }}",
    expression: `60 * sum by (service) (rate(${selector}[${formatDuration(window)}])) > ${limit}`,
    window,
    for: lasting,
    summary: '{{ $labels.service }} logs {{ printf "%.0f" $value }} errors a minute',
    description: `A service writes more than ${limit} lines of level ERROR or above a minute.`,
    behaviour: {
      calm: errors(0.9 * limit),
      fault: errors(1.1 * limit),
      outage: errors(20 * limit),
      well: errors(0),
      onset: atTheEndOf(window),
      tells: [
        {
          labels: { service: "backend" },
          summary: `backend logs ${(1.1 * limit).toFixed(0)} errors a minute`,
        },
      ],
    },
  };
}

/** Lines in which the backend or the worker says that this happened. */
const event = (stack: string, services: string, name: string): string =>
  `{stack="${stack}",service=~"${services}"} |= "${name}" | json event="event" | event = "${name}"`;

/** A line of that event, as the application writes it. */
const said = (stack: string, service: string, level: string, name: string, more = ""): string =>
  `{stack="${stack}",service="${service}",level="${level}"} {"level":"${level}","event":"${name}"${more}}`;

function unhandledExceptions({ settings: { alerts, backend, stack } }: Logged): Alert {
  const { window, for: lasting } = alerts.timing.warning;
  const name = backend.logEvents.unhandledException;
  const exceptions = (service: string, perMinute: number): State => ({
    ...lines(said(stack, service, "ERROR", name), perMinute),
    // Another line that only quotes the word.
    ...lines(said(stack, "worker", "ERROR", "retried", `,"after":"${name}"`), 10),
  });
  return {
    ...common,
    name: "UnhandledExceptions",
    team: "trading",
    service: "{{ $labels.service }}",
    expression: `60 * sum by (service) (rate(${event(stack, "backend|worker", name)} [${formatDuration(window)}])) > 0`,
    window,
    for: lasting,
    summary: '{{ $labels.service }} has {{ printf "%.1f" $value }} unhandled exceptions a minute',
    description: `For ${formatDuration(lasting)} at least one error that no code expected in every ${formatDuration(window)}: a defect, and what was asked for did not happen.`,
    behaviour: {
      calm: exceptions("backend", 0),
      fault: exceptions("backend", 4),
      outage: exceptions("backend", 600),
      onset: seconds(0),
      tells: [{ labels: { service: "backend" }, summary: "backend has 4.0 unhandled exceptions a minute" }],
      cases: [
        {
          name: "the worker's",
          state: exceptions("worker", 4),
          tells: [{ labels: { service: "worker" }, summary: "worker has 4.0 unhandled exceptions a minute" }],
        },
      ],
    },
  };
}

function failedLoginBurst({ settings: { alerts, backend, stack } }: Logged): Alert {
  const { window, for: lasting } = alerts.timing.warning;
  const name = backend.logEvents.loginFailed;
  const limit = thresholdsOf(alerts, "FailedLoginBurst").failedLoginsPerMinute;
  const failed = (perMinute: number): State => ({
    ...lines(said(stack, "backend", "WARNING", name, ',"user":"ann"'), perMinute / 2),
    ...lines(said(stack, "backend", "WARNING", name, ',"user":"bob"'), perMinute / 2),
    ...lines(said(stack, "backend", "INFO", "login_succeeded"), 10 * limit),
  });
  return {
    ...common,
    name: "FailedLoginBurst",
    team: "trading",
    service: "backend",
    expression: `60 * sum(rate(${event(stack, "backend", name)} [${formatDuration(window)}])) > ${limit}`,
    window,
    for: lasting,
    summary: '{{ printf "%.0f" $value }} logins a minute fail',
    description: `More than ${limit} logins a minute fail: somebody tries passwords, or customers cannot get in.`,
    behaviour: {
      calm: failed(0.9 * limit),
      fault: failed(1.1 * limit),
      outage: failed(20 * limit),
      well: failed(0),
      onset: atTheEndOf(window),
      tells: [{ summary: `${(1.1 * limit).toFixed(0)} logins a minute fail` }],
    },
  };
}

/** Five of the backend's lines that say `alive`: a lost one and a restart are no silence. */
const silence = minutes(5);

/**
 * Only services that always have something to say: backend and worker write a line a minute at any level, the gateway
 * one for each request, and the prober asks it every few seconds. The others are silent at WARNING when all is well.
 */
const talkative = ["backend", "worker", "gateway"];

function serviceStoppedLogging({ settings, loggers }: Logged): readonly Alert[] {
  const { alerts, stack } = settings;
  const isAsked = !settings.without.includes("blackbox-exporter");
  const services = loggers
    .map(({ name }) => name)
    .filter((name) => talkative.includes(name) && (name !== "gateway" || isAsked));
  const [first] = services;
  if (first === undefined) return [];
  const lasting = alerts.timing.warning.for;
  const talking = (except?: string): State =>
    Object.assign(
      // Its own lines in another stack do not count.
      lines(`{stack="another",service="${first}"} alive`, 1),
      ...services.map((service) => lines(`{stack="${stack}",service="${service}"} alive`, service === except ? 0 : 4)),
    );
  const told = (service: string) => ({
    labels: { stack, service },
    summary: `${service} has logged nothing for ${formatDuration(silence)}`,
  });
  return [
    {
      ...common,
      name: "ServiceStoppedLogging",
      team: "platform",
      service: "{{ $labels.service }}",
      expression: services
        .map((service) => `absent_over_time({stack="${stack}",service="${service}"}[${formatDuration(silence)}]) == 1`)
        .join(" or "),
      window: silence,
      // One line is enough.
      forgets: seconds(0),
      ignores: seconds(silence.seconds + lasting.seconds - rulerInterval.seconds),
      for: lasting,
      summary: `{{ $labels.service }} has logged nothing for ${formatDuration(silence)}`,
      description:
        "No line of a service that always writes some: it is down, or its lines are lost and nobody could find out what it did.",
      behaviour: {
        calm: talking(),
        fault: talking(first),
        before: talking(),
        onset: atTheEndOf(silence),
        tells: [told(first)],
        withoutData: services.map(told),
      },
    },
  ];
}
