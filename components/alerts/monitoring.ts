import { certificateJobName } from "../protection.ts";
import { formatDuration, minutes, seconds } from "../workload/index.ts";
import type { Alert, Watched } from "./alert.ts";
import { counts, holds, type State, up } from "./behaviour.ts";
import { oneDecimal } from "./behaviour-text.ts";
import { alertmanagers } from "./peers.ts";
import { afterAllWasKilled, present } from "./present.ts";
import { thresholdsOf } from "./thresholds.ts";

/** Who watches the watchmen. */
export const monitoringAlerts = (watched: Watched): readonly Alert[] => [
  ...watchdog(watched),
  targetDown(watched),
  alertmanagerDown(watched),
  ...alertmanagerPeerMissing(watched),
  notificationsFailing(watched),
  ruleEvaluationFailing(watched),
  configReloadFailed(watched),
  storageNearlyFull(watched),
];

const common = { category: "monitoring", team: "platform" } as const;

/** Fires for ever; when it arrives no more, whoever waits for it calls. */
function watchdog({ settings: { alerts } }: Watched): readonly Alert[] {
  if (alerts.heartbeatUrl === undefined) return [];
  return [
    {
      ...common,
      name: "Watchdog",
      service: "prometheus",
      severity: "none",
      expression: "vector(1)",
      for: seconds(0),
      summary: "Alerts can be delivered",
      description: "Always fires, and goes to the heartbeat alone. Its absence is the fault.",
      behaviour: "always fires",
    },
  ];
}

/** Jobs whose silence an alert of their own tells. */
const toldElsewhere = [
  ...["alertmanager", "backend", "backup", "postgres-exporter", "redis-exporter", "site"],
  // What asks for it is a job of its own.
  certificateJobName,
];

function targetDown({ settings: { alerts }, jobs }: Watched): Alert {
  const watched = jobs.filter((job) => !toldElsewhere.includes(job));
  const told = (job: string, instance?: string) => ({
    labels: { job, service: job, ...(instance === undefined ? {} : { instance }) },
    summary: `${job}${instance === undefined ? "" : ` at ${instance}`} cannot be scraped`,
  });
  const all = Object.assign({}, ...watched.map((job) => up(job, 1))) as State;
  return {
    ...common,
    name: "TargetDown",
    service: "{{ $labels.job }}",
    severity: "warning",
    // A job whose last target vanished from discovery has no `up` at all.
    expression: [
      `max by (job, instance) (up{job!~"${toldElsewhere.join("|")}"}) == 0`,
      ...watched.map((job) => `absent(up{job="${job}"})`),
    ].join(" or "),
    for: alerts.timing.warning.for,
    summary: "{{ $labels.job }}{{ with $labels.instance }} at {{ . }}{{ end }} cannot be scraped",
    description: "Prometheus gets no metrics of it: it is down, or nobody would know if it were.",
    behaviour: {
      calm: { ...all, ...up("backend", 0) },
      fault: { ...all, ...up("loki", 0) },
      tells: [told("loki", "0")],
      withoutData: watched.map((job) => told(job)),
    },
  };
}

function alertmanagerDown({ settings }: Watched): Alert {
  const { for: lasting } = settings.alerts.timing.critical;
  const tells = [{ summary: "No Alertmanager answers" }];
  return {
    ...common,
    name: "AlertmanagerDown",
    service: "alertmanager",
    severity: "critical",
    expression: `(sum(${present('up{job="alertmanager"}', settings)}) or vector(0)) == 0`,
    for: lasting,
    summary: "No Alertmanager answers",
    description: "No alert can be delivered, this one neither: it is seen in Prometheus, and the heartbeat stops.",
    behaviour: {
      calm: up("alertmanager", 1, 0),
      fault: up("alertmanager", 0, 0),
      tells,
      withoutData: tells,
      cases: [
        afterAllWasKilled((instance) => `up{job="alertmanager",instance="${instance}"}`, lasting, settings, tells),
      ],
    },
  };
}

/** Where there are several: that they are all there, and know of each other. */
function alertmanagerPeerMissing({ settings }: Watched): readonly Alert[] {
  const wanted = alertmanagers(settings);
  if (wanted < 2) return [];
  const members = (seen: number): State => ({
    'alertmanager_cluster_members{job="alertmanager",instance="0"}': holds(seen),
    'alertmanager_cluster_members{job="alertmanager",instance="1"}': holds(wanted),
  });
  return [
    {
      ...common,
      name: "AlertmanagerPeerMissing",
      service: "alertmanager",
      severity: "warning",
      expression: `min(alertmanager_cluster_members{job="alertmanager"}) < ${wanted}`,
      for: settings.alerts.timing.warning.for,
      summary: `An Alertmanager sees {{ $value }} of ${wanted}, itself among them`,
      description:
        "One is gone, or they do not hear each other: alerts may come twice, and the next loss delays pages.",
      behaviour: {
        calm: members(wanted),
        fault: members(wanted - 1),
        tells: [{ summary: `An Alertmanager sees ${wanted - 1} of ${wanted}, itself among them` }],
      },
    },
  ];
}

/**
 * A failed notification is sent again after group_interval: one in 15 minutes arrived late, two did not arrive. Where there are
 * two Alertmanagers the second tries what the first could not deliver: each counts the same one, so each is asked by itself.
 */
const failures = { window: minutes(15), most: 1.5 };

function notificationsFailing({ settings: { alerts } }: Watched): Alert {
  const { window, most } = failures;
  // A counter of which so much came at once.
  const failed = (count: number, ofPeer = 0): State => ({
    'alertmanager_notifications_failed_total{job="alertmanager",instance="0",integration="slack",reason="serverError"}':
      holds(count / 2),
    'alertmanager_notifications_failed_total{job="alertmanager",instance="0",integration="slack",reason="clientError"}':
      holds(count / 2),
    'alertmanager_notifications_failed_total{job="alertmanager",instance="1",integration="slack",reason="serverError"}':
      holds(ofPeer),
    'alertmanager_notifications_failed_total{job="alertmanager",instance="0",integration="email",reason="other"}':
      holds(0),
  });
  return {
    ...common,
    name: "NotificationsFailing",
    service: "alertmanager",
    severity: "warning",
    expression: `max by (integration) (sum by (instance, integration) (increase(alertmanager_notifications_failed_total[${formatDuration(window)}]))) > ${most}`,
    window,
    for: alerts.timing.warning.for,
    summary: "{{ $labels.integration }} does not take alerts",
    description: `At least two notifications in ${formatDuration(window)} could not be delivered; other channels are not held up.`,
    behaviour: {
      calm: failed(0),
      fault: failed(1.1 * most),
      before: failed(0),
      tells: [{ labels: { integration: "slack" }, summary: "slack does not take alerts" }],
      cases: [
        {
          name: "one that failed and was sent again",
          earlier: failed(0),
          state: failed(0.9 * most),
          lasts: alerts.timing.warning.for,
          tells: [],
        },
        {
          name: "one that neither of two could deliver, and was sent again",
          earlier: failed(0),
          state: failed(0.9 * most, 0.9 * most),
          lasts: alerts.timing.warning.for,
          tells: [],
        },
      ],
    },
  };
}

function ruleEvaluationFailing({ settings: { alerts } }: Watched): Alert {
  const { window, for: lasting } = alerts.timing.warning;
  // A group is named by its file and its name.
  const group = "/etc/prometheus/alert.rules;database";
  const logGroup = "/loki/rules-temp/fake/log-alerts.rules;logging";
  const failing = (perSecond: number, ofLogs = 0): State => ({
    [`prometheus_rule_evaluation_failures_total{job="prometheus",rule_group="${group}"}`]: counts(perSecond),
    [`loki_prometheus_rule_evaluation_failures_total{job="loki",rule_group="${logGroup}"}`]: counts(ofLogs),
  });
  const told = (job: string, rule_group: string) => ({
    labels: { job, service: job, rule_group },
    summary: `Rules of ${rule_group} fail 0.2 times a second`,
  });
  const rate = (metric: string) => `rate(${metric}[${formatDuration(window)}])`;
  return {
    ...common,
    name: "RuleEvaluationFailing",
    service: "{{ $labels.job }}",
    severity: "warning",
    expression: `sum by (job, rule_group) (${rate("prometheus_rule_evaluation_failures_total")} or ${rate("loki_prometheus_rule_evaluation_failures_total")}) > 0`,
    window,
    for: lasting,
    summary: 'Rules of {{ $labels.rule_group }} fail {{ printf "%.1f" $value }} times a second',
    description: "An alert that cannot be evaluated cannot fire.",
    behaviour: {
      calm: failing(0),
      fault: failing(0.2),
      tells: [told("prometheus", group)],
      cases: [{ name: "Loki's", state: failing(0, 0.2), tells: [told("loki", logGroup)] }],
    },
  };
}

function configReloadFailed({ settings: { alerts } }: Watched): Alert {
  const successful = (prometheus: number, alertmanager: number): State => ({
    'prometheus_config_last_reload_successful{job="prometheus"}': holds(prometheus),
    'alertmanager_config_last_reload_successful{job="alertmanager"}': holds(alertmanager),
  });
  const told = (job: string) => ({ labels: { job, service: job }, summary: `${job} could not read its configuration` });
  return {
    ...common,
    name: "ConfigReloadFailed",
    service: "{{ $labels.job }}",
    severity: "warning",
    expression:
      "min by (job) (prometheus_config_last_reload_successful or alertmanager_config_last_reload_successful) == 0",
    for: alerts.timing.warning.for,
    summary: "{{ $labels.job }} could not read its configuration",
    description: "It goes on with the old configuration until it is started again, and then not at all.",
    behaviour: {
      calm: successful(1, 1),
      fault: successful(0, 1),
      tells: [told("prometheus")],
      cases: [{ name: "Alertmanager's", state: successful(1, 0), tells: [told("alertmanager")] }],
    },
  };
}

function storageNearlyFull({ settings: { alerts } }: Watched): Alert {
  const limit = thresholdsOf(alerts, "PrometheusStorageNearlyFull").metricStoragePercent;
  const stored = (percent: number, most = 10_000): State => ({
    'prometheus_tsdb_storage_blocks_bytes{job="prometheus"}': holds(100 * percent),
    'prometheus_tsdb_retention_limit_bytes{job="prometheus"}': holds(most),
  });
  return {
    ...common,
    name: "PrometheusStorageNearlyFull",
    service: "prometheus",
    severity: "warning",
    // 0 is no limit.
    expression: `max(100 * prometheus_tsdb_storage_blocks_bytes / (prometheus_tsdb_retention_limit_bytes > 0)) > ${limit}`,
    for: alerts.timing.warning.for,
    summary: 'Prometheus has used {{ printf "%.1f" $value }} % of its storage',
    description: `More than ${limit} % of the size that is kept is used: metrics will go before their time.`,
    behaviour: {
      calm: stored(0.9 * limit),
      fault: stored(1.1 * limit),
      tells: [{ summary: `Prometheus has used ${oneDecimal(1.1 * limit)} % of its storage` }],
      cases: [{ name: "without a limit", state: stored(100, 0), tells: [] }],
    },
  };
}
