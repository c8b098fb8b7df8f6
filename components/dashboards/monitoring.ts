import { alertPanel, type Look } from "./alert-panel.ts";
import { type Dashboard, lines, rateWindow, type Shown, where } from "./dashboard.ts";

/** Who watches the watchmen. */
export const monitoringDashboard = (shown: Shown): Dashboard => ({
  uid: "monitoring",
  title: "Monitoring",
  description: "Whether what is measured is scraped, judged, stored and told.",
  variables: [],
  rows: [
    { title: "What pages", panels: whatPages(shown) },
    { title: "Prometheus", panels: prometheus },
    { title: "Alertmanager", panels: where(shown, "alertmanager", ...alertmanager) },
  ],
});

const mustBeOne = (expression: string): NonNullable<Look["instead"]> => ({
  expression,
  limit: { value: 1, isBad: "below", severity: "warning" },
});

const whatPages = (shown: Shown) => [
  ...alertPanel(shown, "Watchdog", {
    title: "Heartbeat",
    unit: "bool_yes_no",
    legends: ["beats"],
    instead: mustBeOne('max(ALERTS{alertname="Watchdog",alertstate="firing"})'),
  }),
  ...alertPanel(shown, "TargetDown", {
    title: "Targets that answer",
    unit: "bool_yes_no",
    legends: ["{{job}} {{instance}}"],
    instead: mustBeOne("min by (job, instance) (up)"),
  }),
  ...alertPanel(shown, "AlertmanagerDown", {
    title: "Alertmanagers that answer",
    unit: "short",
    legends: ["answer"],
  }),
  ...alertPanel(shown, "AlertmanagerPeerMissing", {
    title: "Members they see",
    unit: "short",
    legends: ["the fewest"],
  }),
  ...alertPanel(shown, "NotificationsFailing", {
    title: "Notifications that failed",
    unit: "short",
    legends: ["{{integration}}"],
  }),
  ...alertPanel(shown, "RuleEvaluationFailing", {
    title: "Rules that fail",
    unit: "ops",
    legends: ["{{job}} {{rule_group}}"],
  }),
  ...alertPanel(shown, "ConfigReloadFailed", {
    title: "Configuration was read",
    unit: "bool_yes_no",
    legends: ["{{job}}"],
  }),
  ...alertPanel(shown, "PrometheusStorageNearlyFull", { title: "Storage in use", unit: "percent", legends: ["used"] }),
  ...alertPanel(shown, "RemoteWriteBehind", { title: "Remote store is behind", unit: "s", legends: ["behind"] }),
  ...alertPanel(shown, "RemoteWriteFailing", {
    title: "Samples that the remote store refuses",
    unit: "ops",
    legends: ["refused"],
  }),
];

const own = '{job="prometheus"}';
const prometheus = [
  lines(
    {
      title: "Series",
      unit: "short",
      description: "Series in memory: a label without bounds shows as growth without end.",
    },
    [`max(prometheus_tsdb_head_series${own})`, "series"],
  ),
  lines({ title: "Samples", unit: "ops", description: "Samples taken in, a second." }, [
    `sum(rate(prometheus_tsdb_head_samples_appended_total${own}[${rateWindow}]))`,
    "samples",
  ]),
  lines(
    { title: "How long scrapes take", unit: "s", description: "One that is longer than the scrape timeout fails." },
    ["max by (job) (scrape_duration_seconds)", "{{job}}"],
  ),
  lines(
    {
      title: "How long rules take",
      unit: "s",
      width: 12,
      description: "Last evaluation of each group; longer than the interval, alerts come late.",
    },
    [`max by (rule_group) (prometheus_rule_group_last_duration_seconds${own})`, "{{rule_group}}"],
  ),
  lines({ title: "Metrics on disk", unit: "bytes", width: 12, description: "Blocks, without what is in memory." }, [
    `max(prometheus_tsdb_storage_blocks_bytes${own})`,
    "blocks",
  ]),
] as const;

const alertmanager = [
  lines({ title: "Notifications", unit: "ops", width: 12, description: "Sent, a second, by channel." }, [
    `sum by (integration) (rate(alertmanager_notifications_total[${rateWindow}]))`,
    "{{integration}}",
  ]),
  lines(
    {
      title: "Alerts it holds",
      unit: "short",
      width: 12,
      description: "Suppressed ones are silenced, or follow from another.",
    },
    ["max by (state) (alertmanager_alerts)", "{{state}}"],
  ),
] as const;
