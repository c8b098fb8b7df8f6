import { stringify } from "yaml";
import type { Settings } from "../settings.ts";
import type { SecretFile } from "../workload/index.ts";
import type { Alert } from "./alert.ts";

const folder = "/etc/alertmanager-secrets";

/** Receiver secrets are only ever read from files. */
export const receiverSecrets: readonly SecretFile[] = [
  { path: `${folder}/slack-url`, secret: "slackWebhookUrl" },
  { path: `${folder}/pagerduty-key`, secret: "pagerdutyRoutingKey" },
  { path: `${folder}/smtp-password`, secret: "smtpPassword" },
  { path: `${folder}/webhook-token`, secret: "alertWebhookToken" },
];

/** One way on which an alert leaves: matched top down, everything that matches is told. */
export interface Route {
  readonly receiver: "slack" | "pagerduty" | "email" | "webhook";
  readonly matchers: readonly string[];
}

/** critical → PagerDuty and Slack, warning → Slack, database also → e-mail, everything → webhook. */
export const routes: readonly Route[] = [
  { receiver: "webhook", matchers: [] },
  { receiver: "pagerduty", matchers: ['severity="critical"'] },
  { receiver: "slack", matchers: ['severity=~"critical|warning"'] },
  { receiver: "email", matchers: ['category="database"'] },
];

/** Who is told of an alert: every route whose matchers all match it. */
export const receiversFor = ({
  severity,
  category,
}: Pick<Alert, "severity" | "category">): readonly Route["receiver"][] =>
  routes
    .filter(({ matchers }) => matchers.every((matcher) => matches(matcher, { severity, category })))
    .map(({ receiver }) => receiver);

/** A matcher as Alertmanager has it: `label="value"`, or `label=~"expression"`, which has to match the whole value. */
function matches(matcher: string, labels: Readonly<Record<string, string>>): boolean {
  const [, label = "", operator, value = ""] = /^(\w+)(=~?)"(.*)"$/.exec(matcher) ?? [];
  return operator === "=~" ? new RegExp(`^(?:${value})$`).test(labels[label] ?? "") : labels[label] === value;
}

/** alertmanager.yml of the stack. */
export function alertmanagerConfig(settings: Settings, backendAddress: string): string {
  const { slack, pagerduty, email, webhook } = settings.alerts.receivers;
  const config = {
    route: {
      receiver: "webhook",
      group_by: ["alertname", "environment"],
      group_wait: "5s",
      group_interval: "1m",
      repeat_interval: "4h",
      routes: routes.map(({ receiver, matchers }) => ({ receiver, matchers, continue: true })),
    },
    inhibit_rules: [
      inhibition("BackendDown", "HighErrorRate|SlowResponseTime"),
      inhibition("DatabaseDown", "HighDatabaseConnections|LongRunningQueries|HighErrorRate|TradingSystemUnhealthy"),
      inhibition("RedisDown", "HighRedisMemory|BacktestQueueBackup"),
    ],
    receivers: [
      {
        name: "slack",
        slack_configs: [{ api_url_file: `${folder}/slack-url`, channel: slack.channel, send_resolved: true }],
      },
      {
        name: "pagerduty",
        pagerduty_configs: [
          { routing_key_file: `${folder}/pagerduty-key`, url: pagerduty.url, severity: "{{ .CommonLabels.severity }}" },
        ],
      },
      {
        name: "email",
        email_configs: [
          {
            to: email.to,
            from: email.from,
            smarthost: email.smarthost,
            auth_username: email.user,
            auth_password_file: `${folder}/smtp-password`,
            send_resolved: true,
          },
        ],
      },
      {
        name: "webhook",
        webhook_configs: [
          {
            url: `http://${backendAddress}:${settings.backend.port}${webhook.path}`,
            http_config: { authorization: { credentials_file: `${folder}/webhook-token` } },
          },
        ],
      },
    ],
  };
  return `# Rendered by ./platform render from components/alerts/routes.ts.\n${stringify(config, { lineWidth: 0 })}`;
}

const inhibition = (source: string, targets: string) => ({
  source_matchers: [`alertname="${source}"`],
  target_matchers: [`alertname=~"${targets}"`],
  equal: ["environment"],
});
