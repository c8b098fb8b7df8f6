import type { Settings } from "../settings.ts";
import { minutes, seconds } from "../workload/index.ts";
import type { Alert } from "./alert.ts";

export function applicationAlerts({ alerts: { thresholds }, backend: { metricNames } }: Settings): readonly Alert[] {
  const { requests, requestDuration } = metricNames;
  return [
    {
      name: "HighErrorRate",
      category: "application",
      severity: "critical",
      // No traffic is no error: the quotient of two zeros is NaN, which no comparison lets through.
      expression: `100 * sum(rate(${requests}{job="backend",status=~"5.."}[1m])) / sum(rate(${requests}{job="backend"}[1m])) > ${thresholds.errorRatePercent}`,
      for: seconds(30),
      summary: "{{ $value | humanize }} % of requests fail",
      description: `More than ${thresholds.errorRatePercent} % of the backend's answers are 5xx.`,
    },
    {
      name: "SlowResponseTime",
      category: "application",
      severity: "warning",
      expression: `histogram_quantile(0.95, sum by (le) (rate(${requestDuration}_bucket{job="backend"}[5m]))) > ${thresholds.responseTimeP95.seconds}`,
      for: minutes(5),
      summary: "One request in twenty takes longer than {{ $value | humanizeDuration }}",
      description: `The 95th percentile of the backend's response time is above ${thresholds.responseTimeP95.seconds} s.`,
    },
    {
      name: "BackendDown",
      category: "application",
      severity: "critical",
      // The absent case: a target that vanished from discovery is down, not silent.
      expression: 'sum(up{job="backend"}) == 0 or absent(up{job="backend"})',
      for: seconds(30),
      summary: "No backend answers",
      description: "Prometheus reaches no instance of the backend: customers cannot trade.",
    },
  ];
}
