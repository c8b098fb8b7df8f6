import { stringify } from "yaml";
import type { Settings } from "../settings.ts";
import { formatDuration } from "../workload/index.ts";
import type { Alert } from "./alert.ts";
import { applicationAlerts } from "./application.ts";
import { businessAlerts } from "./business.ts";
import { databaseAlerts } from "./database.ts";
import { infrastructureAlerts } from "./infrastructure.ts";
import { redisAlerts } from "./redis.ts";

/** Every alert of the platform, with the stack's thresholds. */
export const alertCatalogue = (settings: Settings): readonly Alert[] => [
  ...applicationAlerts(settings),
  ...databaseAlerts(settings),
  ...redisAlerts(settings),
  ...infrastructureAlerts(settings),
  ...businessAlerts(settings),
];

/** The rule file that Prometheus reads: a group a category. */
export function alertRules(settings: Settings): string {
  const alerts = alertCatalogue(settings);
  const groups = [...new Set(alerts.map((alert) => alert.category))].map((category) => ({
    name: category,
    rules: alerts.filter((alert) => alert.category === category).map((alert) => ruleOf(alert, settings)),
  }));
  return `# Rendered by ./platform render from components/alerts/.\n${stringify({ groups }, { lineWidth: 0 })}`;
}

const ruleOf = (alert: Alert, settings: Settings) => ({
  alert: alert.name,
  expr: alert.expression,
  for: formatDuration(alert.for),
  labels: { severity: alert.severity, category: alert.category, environment: settings.environment },
  annotations: { summary: alert.summary, description: alert.description },
});
