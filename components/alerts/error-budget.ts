import { type Duration, seconds } from "../workload/index.ts";
import type { Alert, Watched } from "./alert.ts";
import { traffic } from "./application.ts";
import { idle } from "./behaviour.ts";
import { oneDecimal } from "./behaviour-text.ts";
import type { AlertName } from "./names.ts";
import { budgetWindows, errorPercent } from "./recordings.ts";
import { thresholdsOf } from "./thresholds.ts";

interface Burn {
  readonly name: Extract<AlertName, `ErrorBudgetBurn${string}`>;
  /** Times the pace that uses up the budget of 30 days in 30 days. */
  readonly pace: number;
  readonly long: Duration;
  /** Over when this is over; a twelfth of the long one. */
  readonly short: Duration;
}

/** Pace and windows: "The Site Reliability Workbook", chapter 5, table 5-8: 2 % of the budget in an hour, 5 % in six. */
const [fiveMinutes, halfAnHour, anHour, sixHours] = budgetWindows;
export const fastestBurn = 14.4;
const burns: readonly Burn[] = [
  { name: "ErrorBudgetBurnFast", pace: fastestBurn, long: anHour, short: fiveMinutes },
  { name: "ErrorBudgetBurnSlow", pace: 6, long: sixHours, short: halfAnHour },
];

/** Errors that are too few for HighErrorRate and too many to go on; not critical, because they are slow by nature. */
export const errorBudgetAlerts = (watched: Watched): readonly Alert[] => burns.map((burn) => burnAlert(watched, burn));

function burnAlert({ settings }: Watched, { name, pace, long, short }: Burn): Alert {
  const { alerts, backend } = settings;
  const { requests } = backend.metricNames;
  const { availabilityPercent } = thresholdsOf(alerts, name);
  const limit = Number((pace * (100 - availabilityPercent)).toPrecision(4));
  const lasting = alerts.timing.warning.for;
  return {
    name,
    category: "application",
    team: "trading",
    service: "backend",
    severity: "warning",
    expression: `${errorPercent(settings, long).name} > ${limit} and ${errorPercent(settings, short).name} > ${limit}`,
    window: long,
    forgets: short,
    // So long must everything fail until the long window sees more than the limit.
    ignores: seconds(Math.floor((long.seconds * limit) / 100)),
    for: lasting,
    summary: '{{ printf "%.2f" $value }} % of requests fail, and have for a while',
    description: `At this pace the errors that ${availabilityPercent} % in 30 days allow are used up in ${oneDecimal((30 * 24) / pace)} hours.`,
    behaviour: {
      calm: traffic(requests, 0.9 * limit),
      fault: traffic(requests, 1.1 * limit),
      outage: traffic(requests, 80),
      well: traffic(requests, 0),
      tells: [{ summary: `${(1.1 * limit).toFixed(2)} % of requests fail, and have for a while` }],
      cases: [
        { name: "no traffic", state: idle(traffic(requests, 0)), tells: [] },
        {
          name: "over, though the long window still sees it",
          earlier: traffic(requests, 1.1 * limit),
          state: traffic(requests, 0.9 * limit),
          lasts: short,
          tells: [],
        },
        {
          name: "begun, but too short for the long window",
          earlier: traffic(requests, 0.9 * limit),
          state: traffic(requests, 1.1 * limit),
          lasts: seconds(long.seconds / 3),
          tells: [],
        },
      ],
    },
  };
}
