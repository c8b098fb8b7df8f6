import type { Settings } from "../settings.ts";
import type { Alert, Logged, Watched } from "./alert.ts";
import { applicationAlerts } from "./application.ts";
import { businessAlerts } from "./business.ts";
import { containerAlerts } from "./containers.ts";
import { databaseAlerts } from "./database.ts";
import { diskAlerts } from "./disks.ts";
import { errorBudgetAlerts } from "./error-budget.ts";
import { infrastructureAlerts } from "./infrastructure.ts";
import { logLineAlerts } from "./log-lines.ts";
import { loggingAlerts } from "./logging.ts";
import { monitoringAlerts } from "./monitoring.ts";
import { redisAlerts } from "./redis.ts";
import { remoteWriteAlerts } from "./remote-write.ts";
import type { AlertOverride } from "./settings.ts";

/** Every alert that the stack's Prometheus has, as its overrides want them. A new alert is an entry in its category's file. */
export const metricAlerts = (watched: Watched): readonly Alert[] =>
  possibleAlerts(watched).flatMap((alert) => overridden(alert, watched.settings));

/** Every alert that the stack's Loki has, likewise. */
export const logAlerts = (logged: Logged): readonly Alert[] =>
  logLineAlerts(logged).flatMap((alert) => overridden(alert, logged.settings));

/** Every alert of metrics whose subject the stack has, before anything is switched off. */
export const possibleAlerts = (watched: Watched): readonly Alert[] => [
  ...applicationAlerts(watched),
  ...errorBudgetAlerts(watched),
  ...databaseAlerts(watched),
  ...redisAlerts(watched),
  ...infrastructureAlerts(watched),
  ...diskAlerts(watched),
  ...containerAlerts(watched),
  ...businessAlerts(watched),
  ...monitoringAlerts(watched),
  ...remoteWriteAlerts(watched),
  ...loggingAlerts(watched),
];

/** `threshold` is in the alert already: its builder asks {@link thresholdsOf}. */
function overridden(alert: Alert, { alerts }: Settings): readonly Alert[] {
  const override: AlertOverride | undefined = alerts.overrides[alert.name];
  if (override === undefined) return [alert];
  if (override.off === true) return [];
  return [
    {
      ...alert,
      for: override.for ?? alert.for,
      severity: override.severity ?? alert.severity,
      moreLabels: override.labels ?? {},
    },
  ];
}
