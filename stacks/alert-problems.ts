import { type Duration, days, formatDuration, isLonger, seconds } from "../components/workload/index.ts";
import { fullKey, type Problem } from "./error.ts";
import type { Sound } from "./sound.ts";

/** Alerts that could never fire, would fire for nothing, or measure nothing: each with the way out. */
export const alertProblems = ({ alerts, metrics }: Sound): readonly Problem[] =>
  alerts === undefined || metrics === undefined
    ? []
    : [
        ...windowProblems(alerts, metrics),
        ...waitProblems(alerts, metrics.scrapeInterval),
        ...objectiveProblems(alerts.thresholds),
        ...silenceProblems(alerts, new Date()),
        ...maintenanceProblems(alerts),
      ];

type Alerts = NonNullable<Sound["alerts"]>;
type Metrics = NonNullable<Sound["metrics"]>;

/** A rate needs two samples, and the newer one may still be on its way. */
function windowProblems({ timing }: Alerts, { scrapeInterval, scrapeTimeout }: Metrics): readonly Problem[] {
  // A timeout above the interval has a message of its own.
  const shortest = seconds(2 * scrapeInterval.seconds + Math.min(scrapeTimeout.seconds, scrapeInterval.seconds));
  return Object.entries(timing).flatMap(([name, { window }]) =>
    isLonger(shortest, window)
      ? [
          problem(
            `timing.${name}.window`,
            `${formatDuration(window)} may hold a single sample, which has no rate; say at least ${formatDuration(shortest)} (twice metrics.scrapeInterval and its timeout)`,
          ),
        ]
      : [],
  );
}

function waitProblems({ timing, overrides }: Alerts, interval: Duration): readonly Problem[] {
  const waits = [
    ...Object.entries(timing).map(([name, each]) => [`timing.${name}.for`, each.for] as const),
    ...Object.entries(overrides).map(([name, each]) => [`overrides.${name}.for`, each.for] as const),
  ];
  return waits.flatMap(([key, wait]) =>
    wait !== undefined && isLonger(interval, wait)
      ? [
          problem(
            key,
            `${formatDuration(wait)} is shorter than metrics.scrapeInterval (${formatDuration(interval)}): one bad sample would page; say at least that`,
          ),
        ]
      : [],
  );
}

function objectiveProblems({ errorRatePercent, availabilityPercent }: Alerts["thresholds"]): readonly Problem[] {
  const allowed = Number((100 - availabilityPercent).toPrecision(4));
  return errorRatePercent > allowed
    ? []
    : [
        problem(
          "thresholds.errorRatePercent",
          `${errorRatePercent} pages for errors that thresholds.availabilityPercent (${availabilityPercent}) allows; say more than ${allowed}, or raise the objective`,
        ),
      ];
}

/** What is to be silent for longer is no incident any more: it is switched off by an override, with its reason. */
const longestSilence = days(31);

function silenceProblems({ silences }: Alerts, now: Date): readonly Problem[] {
  return Object.entries(silences).flatMap(([name, { starts, ends }]) => {
    const key = `silences.${name}.ends`;
    const begin = Date.parse(starts ?? now.toISOString());
    const end = Date.parse(ends);
    if (starts !== undefined && end <= begin) return [problem(key, `${ends} is not after starts (${starts})`)];
    return end - begin > longestSilence.seconds * 1000
      ? [problem(key, `${ends} is more than 31 days after its start; for longer use overrides with off and a reason`)]
      : [];
  });
}

const maintenanceProblems = ({ maintenance }: Alerts): readonly Problem[] =>
  Object.entries(maintenance).flatMap(([name, { from, to }]) =>
    to > from
      ? []
      : [problem(`maintenance.${name}.to`, `${to} is not after from (${from}); over midnight say two windows`)],
  );

const problem = (key: string, message: string): Problem => ({ key: fullKey(["alerts", ...key.split(".")]), message });
