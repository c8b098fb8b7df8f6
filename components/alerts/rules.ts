import { openedUrl } from "../access.ts";
import type { Settings } from "../settings.ts";
import { formatDuration } from "../workload/index.ts";
import { commented } from "../yaml.ts";
import type { Alert } from "./alert.ts";
import { type Inhibitor, inhibitorsOf } from "./inhibitors.ts";
import { panelOf } from "./panels.ts";
import type { Recording } from "./recordings.ts";

/** A rule file: a group a category, in which recordings come first, and inhibitors after what they ask for. */
export function alertRules(alerts: readonly Alert[], settings: Settings, recorded: readonly Recording[] = []): string {
  const inhibitors = inhibitorsOf(alerts, settings);
  const categories = [...new Set([...alerts, ...recorded].map(({ category }) => category))];
  return commented(
    {
      groups: categories.map((name) => ({
        name,
        rules: [
          ...recorded.filter(({ category }) => category === name).map(recordingRule),
          ...alerts.filter(({ category }) => category === name).map((alert) => ruleOf(alert, settings)),
          ...inhibitors.filter(({ source }) => source.category === name).map((each) => inhibitorRule(each, settings)),
        ],
      })),
    },
    "Rendered by ./platform render from components/alerts/: a group a category; docs/runbooks/ says what to do.",
  );
}

/** The labels that an alert always has, whatever its query returns; `service` may be a template. */
export const labelsOf = (alert: Alert, { environment }: Settings): Readonly<Record<string, string>> => ({
  severity: alert.severity,
  category: alert.category,
  team: alert.team,
  service: alert.service,
  environment,
  ...alert.moreLabels,
});

/** Where a person reads on. */
export const linksOf = ({ name, category }: Alert, settings: Settings) => ({
  runbook_url: `${settings.alerts.runbookUrl}/${name}.md`,
  dashboard_url: `${openedUrl(settings, "grafana")}/d/${category}?viewPanel=${panelOf[name]}`,
});

/** A recording as Prometheus reads it. */
export const recordingRule = ({ name, expression }: Recording) => ({ record: name, expr: expression });

/** An alert as Prometheus reads it. */
export const ruleOf = (alert: Alert, settings: Settings) => ({
  alert: alert.name,
  expr: alert.expression,
  for: formatDuration(alert.for),
  labels: labelsOf(alert, settings),
  annotations: { summary: alert.summary, description: alert.description, ...linksOf(alert, settings) },
});

/** An inhibitor as Prometheus reads it: with the source's labels, because inhibitions compare them. */
const inhibitorRule = ({ name, source, expression }: Inhibitor, settings: Settings) => ({
  alert: name,
  expr: expression,
  labels: labelsOf({ ...source, severity: "none" }, settings),
  annotations: {
    summary: `${source.name} fires, is about to, or has just ended`,
    description: "No fault by itself: it silences what follows from that alert, and is told to nobody.",
  },
});
