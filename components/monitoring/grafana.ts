import { openedUrl } from "../access.ts";
import { type Blueprint, connection, httpProbes, logsOf, plain, productImage, stopFirst } from "../blueprint.ts";
import type { Shown } from "../dashboards/dashboard.ts";
import { grafanaFiles, homeDashboard, provisioning } from "../dashboards/files.ts";
import { levelWord } from "../logging/levels.ts";
import { clientSecrets } from "../protection.ts";
import { port, resources, type WorkloadSpec, workload } from "../workload/index.ts";
import { singleSignOn, singleSignOnSecrets } from "./single-sign-on.ts";

/**
 * Who guesses at a password: after five wrong ones in five minutes the user is not let in for as long, even with the right one
 * (grafana.com, "Configure Grafana", security). They are Grafana's defaults, said so that nobody's image changes them.
 */
const loginLimits = {
  GF_SECURITY_DISABLE_BRUTE_FORCE_LOGIN_PROTECTION: "false",
  GF_SECURITY_BRUTE_FORCE_LOGIN_PROTECTION_MAX_ATTEMPTS: "5",
};

/** Dashboards over Prometheus and Loki; provisioned only from files. */
export function grafana(plan: Blueprint, shown: Shown): WorkloadSpec {
  const { oidc } = plan.settings.grafana;
  return workload({
    ...plain,
    name: "grafana",
    part: "monitoring",
    image: productImage(plan, "grafana"),
    variables: {
      GF_SERVER_HTTP_PORT: "3001",
      GF_SERVER_ROOT_URL: `${openedUrl(plan.settings, "grafana")}/`,
      GF_PATHS_PROVISIONING: provisioning,
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: homeDashboard,
      GF_LOG_MODE: "console",
      GF_LOG_LEVEL: levelWord("grafana", plan.settings.logs.level),
      GF_SECURITY_ADMIN_PASSWORD__FILE: "/etc/grafana-secrets/admin-password",
      GF_AUTH_ANONYMOUS_ENABLED: "false",
      GF_USERS_ALLOW_SIGN_UP: "false",
      GF_USERS_ALLOW_ORG_CREATE: "false",
      ...loginLimits,
      // Nothing of it is sent to services of others: snapshots, pictures of people.
      GF_SNAPSHOTS_EXTERNAL_ENABLED: "false",
      GF_SECURITY_DISABLE_GRAVATAR: "true",
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_PLUGINS_PREINSTALL_DISABLED: "true",
      GF_PLUGINS_PLUGIN_ADMIN_ENABLED: "false",
      ...(oidc === undefined ? {} : singleSignOn(plan.settings, oidc)),
    },
    files: grafanaFiles(plan, shown),
    secretFiles: [
      { path: "/etc/grafana-secrets/admin-password", secret: "grafanaAdminPassword" },
      ...clientSecrets(plan.settings, "grafana"),
      ...(oidc === undefined ? [] : singleSignOnSecrets),
    ],
    // Not Grafana's usual 3000: that is the frontend's.
    ports: [port({ name: "http", number: 3001, exposure: "loopback" })],
    // The first start migrates Grafana's own database.
    probes: httpProbes({
      port: "http",
      liveness: "/api/health",
      readiness: "/api/health",
      tool: "wget",
      startMinutes: 3,
    }),
    placement: { kind: "stateful", replicas: 1, rollout: stopFirst(plan, 30) },
    resources: resources({ cpu: { request: 100, limit: 1000 }, memory: { request: 192, limit: 512 } }),
    user: { kind: "non-root", uid: 472, gid: 472 },
    volumes: [
      { kind: "persistent", name: "data", path: "/var/lib/grafana", sizeGiB: 2 },
      { kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 64 },
    ],
    logs: logsOf(plan, "console"),
    scrape: { port: "http", path: "/metrics" },
    connectsTo: [connection("prometheus", "http"), connection("alertmanager", "http"), connection("loki", "http")],
    // It asks the identity provider who somebody is.
    internet: oidc !== undefined,
  });
}
