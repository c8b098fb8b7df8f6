/** What people read, as templates of Alertmanager. A message is about a group: one service of one environment. */

/** `FIRING 2: backend in production`. */
export const title =
  "{{ .Status | toUpper }}{{ if .Alerts.Firing }} {{ .Alerts.Firing | len }}{{ end }}: {{ .CommonLabels.service }} in {{ .CommonLabels.environment }}";

/** Every summary in one line. */
export const incident =
  "{{ range $index, $alert := .Alerts }}{{ if $index }}; {{ end }}{{ $alert.Annotations.summary }}{{ end }} ({{ .CommonLabels.environment }})";

export const emailSubject = `[{{ .Status | toUpper }}] ${incident}`;

/** Slack's: bold name, what it says, and where to read on. Resolved ones are struck out. */
export const messages = [
  "{{ range .Alerts.Firing }}*{{ .Labels.alertname }}* ({{ .Labels.severity }}): {{ .Annotations.summary }}",
  "{{ .Annotations.description }}",
  "<{{ .Annotations.runbook_url }}|Runbook> · <{{ .Annotations.dashboard_url }}|Dashboard>",
  "{{ end }}{{ range .Alerts.Resolved }}~{{ .Labels.alertname }}~ resolved: {{ .Annotations.summary }}",
  "{{ end }}",
].join("\n");

export const slackColor =
  '{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}';
