import { alertsDashboard } from "./alerts.ts";
import { applicationDashboard } from "./application.ts";
import { businessDashboard } from "./business.ts";
import { containersDashboard } from "./containers.ts";
import type { Dashboard, Shown } from "./dashboard.ts";
import { databaseDashboard } from "./database.ts";
import { hostsDashboard } from "./hosts.ts";
import { logQueriesDashboard } from "./log-queries.ts";
import { logsDashboard } from "./logs.ts";
import { monitoringDashboard } from "./monitoring.ts";
import { overviewDashboard } from "./overview.ts";
import { redisDashboard } from "./redis.ts";

/** Every dashboard of a stack; one that has nothing to show is left out. A new one is a file and a line. */
export const dashboards = (shown: Shown): readonly Dashboard[] =>
  [
    overviewDashboard(shown),
    applicationDashboard(shown),
    databaseDashboard(shown),
    redisDashboard(shown),
    hostsDashboard(shown),
    containersDashboard(shown),
    businessDashboard(shown),
    logsDashboard(shown),
    logQueriesDashboard(shown),
    alertsDashboard(shown),
    monitoringDashboard(shown),
  ].filter(({ rows }) => rows.some(({ panels }) => panels.length > 0));
