import { openedUrl } from "../access.ts";
import type { Settings } from "../settings.ts";

/**
 * What people read, as templates of Alertmanager. A message is about a group: one service of one environment; it says
 * what is broken, with the number, and each alert in it has its links: what to do, what it looks like, how it was
 * measured, what the service writes, and how to silence it.
 */
export const messageTemplates = (settings: Settings): string =>
  [
    `{{/* Rendered by ./platform render from components/alerts/messages.ts: what people read. */ -}}`,
    ...common(settings),
    ...slack,
    ...email,
    "",
  ].join("\n\n");

/** Where the template file is found: beside alertmanager.yml. */
export const messagesFile = "messages.tmpl";

/** A template by its name, as a field of a receiver. */
export const filled = (name: string, argument = "."): string => `{{ template "${name}" ${argument} }}`;

/** The alert that a link stands for where there is room for one: the first that fires, else the first. */
export const ofFirst = (name: string): string =>
  `{{ with index (or .Alerts.Firing .Alerts) 0 }}${filled(name)}{{ end }}`;

/** At most so many alerts are written out: Slack folds what is longer, and nobody reads on. */
const most = 10;

const common = (settings: Settings): readonly string[] => [
  // FIRING 2: backend in production
  define(
    "incident.title",
    "{{ .Status | toUpper }}{{ if .Alerts.Firing }} {{ .Alerts.Firing | len }}{{ end }}: {{ .GroupLabels.service }} in {{ .GroupLabels.environment }}",
  ),
  // Every summary in one line.
  define(
    "incident.summary",
    "{{ range $index, $alert := (or .Alerts.Firing .Alerts) }}{{ if $index }}; {{ end }}{{ $alert.Annotations.summary }}{{ end }} ({{ .GroupLabels.environment }})",
  ),
  define(
    "incident.names",
    "{{ range $index, $alert := (or .Alerts.Firing .Alerts) }}{{ if $index }}, {{ end }}{{ $alert.Labels.alertname }}{{ end }}",
  ),
  // All of the incident, in Alertmanager.
  define(
    "incident.url",
    `${openedUrl(settings, "alertmanager")}/#/alerts?filter={{ printf "{environment=%q,service=%q}" .GroupLabels.environment .GroupLabels.service | urlquery }}`,
  ),
  define("alert.since", '{{ .StartsAt.UTC.Format "2006-01-02 15:04:05" }} UTC'),
  define("alert.runbook", "{{ .Annotations.runbook_url }}"),
  define("alert.dashboard", "{{ .Annotations.dashboard_url }}"),
  define("alert.query", "{{ .GeneratorURL }}"),
  define("alert.logs", logsUrl(settings)),
  define(
    "alert.silence",
    `${openedUrl(settings, "alertmanager")}/#/silences/new?filter={{ printf "{alertname=%q,environment=%q,service=%q}" .Labels.alertname .Labels.environment .Labels.service | urlquery }}`,
  ),
];

/** What the service has written in the last hour, in Grafana. */
function logsUrl(settings: Settings): string {
  const panes = {
    logs: {
      datasource: "loki",
      queries: [{ refId: "A", expr: `{stack="${settings.stack}",service="SERVICE"}` }],
      range: { from: "now-1h", to: "now" },
    },
  };
  const encoded = encodeURIComponent(JSON.stringify(panes)).replace("SERVICE", "{{ .Labels.service | urlquery }}");
  return `${openedUrl(settings, "grafana")}/explore?schemaVersion=1&orgId=1&panes=${encoded}`;
}

const links: readonly (readonly [text: string, template: string])[] = [
  ["Runbook", "alert.runbook"],
  ["Dashboard", "alert.dashboard"],
  ["Query", "alert.query"],
  ["Logs", "alert.logs"],
  ["Silence", "alert.silence"],
];

/** The same links for receivers that have fields for them. */
export const linksOfFirst = links.map(([text, template]) => ({ text, href: ofFirst(template) }));

const slack: readonly string[] = [
  // Slack takes these three for its own (api.slack.com, "Formatting text for app surfaces").
  define("slack.plain", '{{ . | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" }}'),
  define(
    "slack.color",
    '{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}',
  ),
  define(
    "slack.alert",
    [
      `*{{ .Labels.alertname }}* ({{ .Labels.severity }}) since ${filled("alert.since")}`,
      filled("slack.plain", ".Annotations.summary"),
      filled("slack.plain", ".Annotations.description"),
      links.map(([text, template]) => `<${filled(template)}|${text}>`).join(" · "),
    ].join("\n"),
  ),
  // What is over is struck out.
  define(
    "slack.text",
    [
      list(".Alerts.Firing", `${filled("slack.alert", "$alert")}\n`),
      list(
        ".Alerts.Resolved",
        `~{{ $alert.Labels.alertname }}~ resolved: ${filled("slack.plain", "$alert.Annotations.summary")}\n`,
      ),
    ].join(""),
  ),
  define("slack.footer", "team {{ .CommonLabels.team }}, {{ .GroupLabels.environment }}"),
];

const email: readonly string[] = [
  define(
    "text.alert",
    [
      `{{ .Labels.alertname }} ({{ .Labels.severity }}) since ${filled("alert.since")}`,
      "{{ .Annotations.summary }}",
      "{{ .Annotations.description }}",
      ...links.map(([text, template]) => `${text}: ${filled(template)}`),
    ].join("\n"),
  ),
  define(
    "text.incident",
    [
      `${list(".Alerts.Firing", `${filled("text.alert", "$alert")}\n\n`)}`,
      list(".Alerts.Resolved", "{{ $alert.Labels.alertname }} resolved: {{ $alert.Annotations.summary }}\n\n"),
      `All of it: ${filled("incident.url")}`,
    ].join(""),
  ),
  define(
    "html.alert",
    [
      '<h3 style="margin:16px 0 4px">{{ .Labels.alertname }} ({{ .Labels.severity }})</h3>',
      "<p><b>{{ .Annotations.summary }}</b><br>{{ .Annotations.description }}</p>",
      `<p>Since ${filled("alert.since")}</p>`,
      `<p>${links.map(([text, template]) => `<a href="${filled(template)}">${text}</a>`).join(" · ")}</p>`,
    ].join("\n"),
  ),
  define(
    "html.incident",
    [
      '<!DOCTYPE html><html><body style="font-family:sans-serif">',
      `<h2 style="color:{{ if eq .Status "resolved" }}#2a7d2e{{ else }}#b3261e{{ end }}">${filled("incident.title")}</h2>`,
      list(".Alerts.Firing", filled("html.alert", "$alert")),
      list(
        ".Alerts.Resolved",
        "<p><s>{{ $alert.Labels.alertname }}</s> resolved: {{ $alert.Annotations.summary }}</p>",
      ),
      `<p><a href="${filled("incident.url")}">All of it in Alertmanager</a></p>`,
      "</body></html>",
    ].join("\n"),
  ),
];

function define(name: string, content: string): string {
  return `{{ define "${name}" -}}\n${content}\n{{- end }}`;
}

function list(alerts: string, each: string): string {
  return `{{ range $index, $alert := ${alerts} }}{{ if lt $index ${most} }}${each}{{ end }}{{ end }}{{ if gt (len ${alerts}) ${most} }}The first ${most} of {{ len ${alerts} }}.\n{{ end }}`;
}
