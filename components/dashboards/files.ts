import { stringify } from "yaml";
import type { Blueprint } from "../blueprint.ts";
import { longestAnswer } from "../log-pace.ts";
import { certificateOf, isProtected, monitoringName, monitoringUser, passwordOf, schemeOf } from "../protection.ts";
import { type ConfigFile, formatDuration } from "../workload/index.ts";
import type { Shown } from "./dashboard.ts";
import { dashboards } from "./dashboards.ts";
import { dashboardJson } from "./json.ts";

/** Grafana reads `datasources/` and `dashboards/` below it. */
export const provisioning = "/etc/grafana-provisioning";
const dashboardFolder = `${provisioning}/dashboards`;

/** What is shown first. */
export const homeDashboard = `${dashboardFolder}/overview.json`;

/** All that Grafana is provisioned from; what is made by hand is in none of it, and is refused. */
export const grafanaFiles = (plan: Blueprint, shown: Shown): readonly ConfigFile[] => [
  { path: `${provisioning}/datasources/datasources.yml`, content: dataSources(plan) },
  { path: `${dashboardFolder}/dashboards.yml`, content: commented(provider) },
  ...dashboards(shown).map((dashboard) => ({
    path: `${dashboardFolder}/${dashboard.uid}.json`,
    content: dashboardJson(dashboard, shown),
  })),
];

const commented = (content: object): string =>
  `# Rendered by ./platform render from components/dashboards/files.ts.\n${stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })}`;

const provider = {
  apiVersion: 1,
  providers: [
    {
      name: "platform",
      folder: "Trading platform",
      type: "file",
      allowUiUpdates: false,
      disableDeletion: true,
      options: { path: dashboardFolder },
    },
  ],
};

/** Of what the stack has. */
function dataSources({ settings, address }: Blueprint): string {
  const access = isProtected(settings) ? protectedAccess : { secrets: {}, jsonData: {} };
  const all = [
    {
      ...source("prometheus", `${schemeOf(settings)}://${address("prometheus")}:9090`),
      isDefault: true,
      ...access.secrets,
      jsonData: {
        ...access.jsonData,
        httpMethod: "POST",
        prometheusType: "Prometheus",
        prometheusVersion: settings.images.versions.prometheus.replace(/^v/, ""),
        // The shortest time over which a rate has two samples follows from it.
        timeInterval: formatDuration(settings.metrics.scrapeInterval),
        manageAlerts: false,
      },
    },
    {
      ...source("loki", `http://${address("loki")}:3100`),
      jsonData: {
        timeout: longestAnswer.seconds,
        maxLines: 1000,
        manageAlerts: false,
        derivedFields: [linkToRequest(settings.stack)],
      },
    },
    {
      ...source("alertmanager", `${schemeOf(settings)}://${address("alertmanager")}:9093`),
      ...access.secrets,
      jsonData: { ...access.jsonData, implementation: "prometheus", handleGrafanaManagedAlerts: false },
    },
  ];
  return commented({ apiVersion: 1, datasources: all.filter(({ uid }) => !settings.without.includes(uid)) });
}

/** To what asks for TLS and a password. Grafana reads the values from its files when it is provisioned. */
const protectedAccess = {
  secrets: {
    basicAuth: true,
    basicAuthUser: monitoringUser,
    secureJsonData: {
      basicAuthPassword: `$__file{${passwordOf("grafana")}}`,
      tlsCACert: `$__file{${certificateOf("grafana")}}`,
    },
  },
  jsonData: { tlsAuthWithCACert: true, serverName: monitoringName },
};

const source = (uid: string, url: string) => ({
  name: uid.replace(/^./, (letter) => letter.toUpperCase()),
  uid,
  type: uid,
  url,
  access: "proxy",
  isDefault: false,
  editable: false,
});

/** From a line to all lines of its request. Two dollars: Grafana reads one as a variable of its environment. */
const linkToRequest = (stack: string) => ({
  name: "correlation id",
  // What the gateway takes for one: components/application/gateway-config.ts.
  matcherRegex: '"correlation_id":"([A-Za-z0-9_-]{8,64})"',
  datasourceUid: "loki",
  url: `{stack="${stack}"} |= "$\${__value.raw}"`,
  urlDisplayLabel: "All of this request",
});
