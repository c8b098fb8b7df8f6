import { logAlertNames } from "../components/alerts/names.ts";
import { rulerInterval } from "../components/log-pace.ts";
import { type Duration, days, formatDuration, isLonger, seconds } from "../components/workload/index.ts";
import { fullKey, type Problem } from "./error.ts";
import type { Sound } from "./sound.ts";
import { thresholdProblems } from "./threshold-problems.ts";

/** Alerts that could never fire, would fire for nothing, or measure nothing: each with the way out. */
export const alertProblems = ({ alerts, metrics, backend }: Sound): readonly Problem[] =>
  alerts === undefined || metrics === undefined
    ? []
    : [
        ...windowProblems(alerts, metrics),
        ...waitProblems(alerts, metrics.scrapeInterval),
        ...thresholdProblems(alerts, { backend }),
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

/** Between two evaluations a fault cannot last: it is seen once. Those of log lines are Loki's. */
function waitProblems({ timing, overrides }: Alerts, scrapeInterval: Duration): readonly Problem[] {
  const scraped = { interval: scrapeInterval, of: "metrics.scrapeInterval", unit: "sample" };
  const read = { interval: rulerInterval, of: "the time between two looks at log lines", unit: "look" };
  const waits = [
    ...Object.entries(timing).map(([name, each]) => ({ key: `timing.${name}.for`, wait: each.for, ...scraped })),
    ...Object.entries(overrides).map(([name, each]) => ({
      key: `overrides.${name}.for`,
      wait: each.for,
      ...(logAlertNames.some((known) => known === name) ? read : scraped),
    })),
  ];
  return waits.flatMap(({ key, wait, interval, of, unit }) =>
    wait !== undefined && isLonger(interval, wait)
      ? [
          problem(
            key,
            `${formatDuration(wait)} is shorter than ${of} (${formatDuration(interval)}): one bad ${unit} would page; say at least that`,
          ),
        ]
      : [],
  );
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
