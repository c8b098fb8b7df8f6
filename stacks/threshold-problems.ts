import { fastestBurn } from "../components/alerts/error-budget.ts";
import type { AlertName } from "../components/alerts/names.ts";
import type { AlertSettings, AlertThresholds } from "../components/alerts/settings.ts";
import { thresholdOf, thresholdsOf } from "../components/alerts/thresholds.ts";
import { durationBuckets, metricNames } from "../components/application/telemetry.ts";
import { usedShare } from "../components/monitoring/prometheus.ts";
import { formatDuration, isLonger } from "../components/workload/index.ts";
import { fullKey, type Problem } from "./error.ts";
import type { Sound } from "./sound.ts";

/** Numbers that contradict each other, or what an alert measures: with them it could never be quiet, or never fire. */
export const thresholdProblems = (alerts: AlertSettings, { backend }: Pick<Sound, "backend">): readonly Problem[] => [
  ...objectiveProblems(alerts),
  ...diskProblems(alerts),
  ...responseProblems(alerts, backend?.metricNames.requestDuration),
  ...orderProblems(alerts),
  ...overrideProblems(alerts),
];

/** Where the number stands that the alert has: its own override's, or the stack's. */
function keyOf({ overrides }: AlertSettings, name: AlertName): string {
  const isOverridden = overrides[name]?.threshold !== undefined;
  return isOverridden ? `overrides.${name}.threshold` : `thresholds.${thresholdOf[name]}`;
}

/** The number that the alert has; undefined where it is off. */
const numberOf = <Key extends keyof AlertThresholds>(
  alerts: AlertSettings,
  name: AlertName,
  key: Key,
): AlertThresholds[Key] | undefined =>
  alerts.overrides[name]?.off === true ? undefined : thresholdsOf(alerts, name)[key];

const round = (number: number): number => Number(number.toPrecision(4));

function objectiveProblems(alerts: AlertSettings): readonly Problem[] {
  const errors = numberOf(alerts, "HighErrorRate", "errorRatePercent");
  const available = numberOf(alerts, "ErrorBudgetBurnFast", "availabilityPercent");
  if (available === undefined) return [];
  const allowed = round(100 - available);
  const burning = round(fastestBurn * allowed);
  const least = round(100 - 100 / fastestBurn);
  return [
    ...problemIf(
      errors !== undefined && errors <= allowed,
      keyOf(alerts, "HighErrorRate"),
      `${errors} pages for errors that ${keyOf(alerts, "ErrorBudgetBurnFast")} (${available}) allows; say more than ${allowed}, or raise the objective`,
    ),
    ...problemIf(
      burning >= 100,
      keyOf(alerts, "ErrorBudgetBurnFast"),
      `${available} is so low that ErrorBudgetBurnFast waits for ${burning} % of errors, which there cannot be; say more than ${least}`,
    ),
  ];
}

function diskProblems(alerts: AlertSettings): readonly Problem[] {
  const free = numberOf(alerts, "LowDiskSpace", "diskFreePercent");
  const within = numberOf(alerts, "DiskFullSoon", "diskFullWithin");
  const lasting = alerts.overrides.DiskFullSoon?.for ?? alerts.timing.warning.for;
  const left = round(100 * (1 - usedShare));
  return [
    ...problemIf(
      free !== undefined && free >= left,
      keyOf(alerts, "LowDiskSpace"),
      `${free} fires for ever: Prometheus leaves ${left} % of its own volume; say less`,
    ),
    ...(within === undefined || isLonger(within, lasting)
      ? []
      : [
          problem(
            keyOf(alerts, "DiskFullSoon"),
            `${formatDuration(within)} is over before the fault has lasted ${formatDuration(lasting)}: the disk would be full by then; say more`,
          ),
        ]),
  ];
}

/** A histogram knows nothing above its largest bucket; another application's buckets are not known here. */
function responseProblems(alerts: AlertSettings, metric: string | undefined): readonly Problem[] {
  const limit = numberOf(alerts, "SlowResponseTime", "responseTimeP95");
  const largest = Math.max(...durationBuckets);
  if (limit === undefined || metric !== metricNames.requestDuration || limit.seconds < largest) return [];
  return [
    problem(
      keyOf(alerts, "SlowResponseTime"),
      `${formatDuration(limit)} is never exceeded: the backend measures up to ${largest} s; say less`,
    ),
  ];
}

/** Of two that tell of one fault: the first tells of the whole of it. */
const graver: readonly (readonly [AlertName, AlertName, "critical" | "warning"])[] = [
  ["BackendDown", "BackendInstanceMissing", "critical"],
  ["AlertmanagerDown", "AlertmanagerPeerMissing", "critical"],
  ["HighErrorRate", "ErrorBudgetBurnFast", "critical"],
  ["ErrorBudgetBurnFast", "ErrorBudgetBurnSlow", "warning"],
];

/** What can wait is not told sooner than what pages, and nobody is got up for the lesser of two. */
function orderProblems({ timing: { critical, warning }, overrides }: AlertSettings): readonly Problem[] {
  const late = (["window", "for"] as const).filter((key) => isLonger(critical[key], warning[key]));
  return [
    ...late.map((key) =>
      problem(
        `timing.critical.${key}`,
        `${formatDuration(critical[key])} is above timing.warning.${key} (${formatDuration(warning[key])}): what pages would be told after what can wait; lower it`,
      ),
    ),
    ...graver.flatMap(([whole, part, usual]) =>
      problemIf(
        overrides[part]?.severity === "critical" && (overrides[whole]?.severity ?? usual) === "warning",
        `overrides.${part}.severity`,
        `critical is above ${whole}, which is a warning and tells of more; make ${whole} critical too`,
      ),
    ),
  ];
}

/** What is said of an alert that does not exist would never be read. */
const overrideProblems = ({ overrides }: AlertSettings): readonly Problem[] =>
  Object.entries(overrides).flatMap(([name, { off, reason: _, ...rest }]) => {
    const [first] = Object.keys(rest);
    return problemIf(
      off === true && first !== undefined,
      `overrides.${name}.${first}`,
      "has no effect: the alert is off; remove one of the two",
    );
  });

const problemIf = (holds: boolean, key: string, message: string): readonly Problem[] =>
  holds ? [problem(key, message)] : [];

const problem = (key: string, message: string): Problem => ({ key: fullKey(["alerts", ...key.split(".")]), message });
