import type { Settings } from "../settings.ts";
import type { SecretFile } from "../workload/index.ts";
import { emailSubject, incident, messages, slackColor, title } from "./messages.ts";

/** The requirement's four channels, and the dead man's switch. */
export type Receiver = "pagerduty" | "slack" | "email" | "webhook" | "heartbeat";

const folder = "/etc/alertmanager-secrets";
const files = {
  slackWebhookUrl: `${folder}/slack-url`,
  pagerdutyRoutingKey: `${folder}/pagerduty-key`,
  smtpPassword: `${folder}/smtp-password`,
  alertWebhookToken: `${folder}/webhook-token`,
} as const;

/** Receiver secrets are only ever read from files. */
export const receiverSecrets: readonly SecretFile[] = [
  { path: files.slackWebhookUrl, secret: "slackWebhookUrl" },
  { path: files.pagerdutyRoutingKey, secret: "pagerdutyRoutingKey" },
  { path: files.smtpPassword, secret: "smtpPassword" },
  { path: files.alertWebhookToken, secret: "alertWebhookToken" },
];

/** Alertmanager's `receivers`; `backend` is the address of the backend. */
export function receiversOf({ alerts, backend: { port }, stack }: Settings, backend: string) {
  const { slack, pagerduty, email, webhook } = alerts.receivers;
  return [
    {
      name: "pagerduty",
      pagerduty_configs: [
        {
          routing_key_file: files.pagerdutyRoutingKey,
          url: pagerduty.url,
          description: incident,
          severity: "{{ .CommonLabels.severity }}",
          component: "{{ .CommonLabels.service }}",
          group: "{{ .CommonLabels.environment }}",
          client: `Prometheus of ${stack}`,
          links: [
            { text: "Runbook", href: "{{ (index .Alerts 0).Annotations.runbook_url }}" },
            { text: "Dashboard", href: "{{ (index .Alerts 0).Annotations.dashboard_url }}" },
          ],
          send_resolved: true,
        },
      ],
    },
    {
      name: "slack",
      slack_configs: [
        {
          api_url_file: files.slackWebhookUrl,
          channel: slack.channel,
          color: slackColor,
          title,
          title_link: "{{ (index .Alerts 0).Annotations.dashboard_url }}",
          fallback: incident,
          text: messages,
          send_resolved: true,
        },
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
          auth_password_file: files.smtpPassword,
          headers: { Subject: emailSubject },
          send_resolved: true,
        },
      ],
    },
    {
      name: "webhook",
      webhook_configs: [
        {
          url: `http://${backend}:${port}${webhook.path}`,
          http_config: { authorization: { credentials_file: files.alertWebhookToken } },
          send_resolved: true,
        },
      ],
    },
    ...(alerts.heartbeatUrl === undefined
      ? []
      : [{ name: "heartbeat", webhook_configs: [{ url: alerts.heartbeatUrl, send_resolved: false }] }]),
  ];
}
