import { mutualClient } from "../mtls.ts";
import type { Settings } from "../settings.ts";
import type { SecretFile } from "../workload/index.ts";
import { filled, linksOfFirst, ofFirst } from "./messages.ts";
import { hasSink, sentToSink, sinkName, sinkPorts } from "./sink.ts";

/** The requirement's four channels, and the dead man's switch. */
export type Receiver = "pagerduty" | "slack" | "email" | "webhook" | "heartbeat";

/** The receiver of alerts that only silence others. */
export const nobody = "nobody";

const folder = "/etc/alertmanager-secrets";
const files = {
  slackWebhookUrl: `${folder}/slack-url`,
  pagerdutyRoutingKey: `${folder}/pagerduty-key`,
  smtpPassword: `${folder}/smtp-password`,
  alertWebhookToken: `${folder}/webhook-token`,
  tlsCertificate: `${folder}/sink-certificate.pem`,
} as const;

/** Receiver secrets are only ever read from files. */
export const receiverSecrets = (settings: Settings): readonly SecretFile[] => [
  { path: files.slackWebhookUrl, secret: "slackWebhookUrl" },
  { path: files.pagerdutyRoutingKey, secret: "pagerdutyRoutingKey" },
  { path: files.smtpPassword, secret: "smtpPassword" },
  { path: files.alertWebhookToken, secret: "alertWebhookToken" },
  // No authority signed it: it is its own.
  ...(trustsSink(settings) ? [{ path: files.tlsCertificate, secret: "tlsCertificate" } as const] : []),
];

/** Mail goes to the sink, whose certificate is the developer's own. */
const trustsSink = (settings: Settings): boolean => hasSink(settings) && sentToSink(settings).email;

/** A receiver that takes longer is asked again: twice in the ten seconds that Alertmanager gives a page. */
const timeout = "5s";

/** Alertmanager's `receivers`; `address` says where the platform's members are. */
export function receiversOf(settings: Settings, address: (member: string) => string) {
  const { alerts, backend, mtls, stack } = settings;
  const hook = (place: string, server?: string) => ({
    url: `${server === undefined ? "http" : "https"}://${place}${alerts.receivers.webhook.path}`,
    http_config: {
      authorization: { credentials_file: files.alertWebhookToken },
      ...(server === undefined ? {} : { tls_config: mutualClient(server) }),
    },
    send_resolved: true,
    timeout,
  });
  const { slack, pagerduty, email } = alerts.receivers;
  return [
    { name: nobody },
    {
      name: "pagerduty",
      pagerduty_configs: [
        {
          routing_key_file: files.pagerdutyRoutingKey,
          url: pagerduty.url,
          description: filled("incident.summary"),
          severity: "{{ .CommonLabels.severity }}",
          source: "{{ .GroupLabels.service }} in {{ .GroupLabels.environment }}",
          class: filled("incident.names"),
          component: "{{ .GroupLabels.service }}",
          group: "{{ .GroupLabels.environment }}",
          client: `Alertmanager of ${stack}`,
          client_url: filled("incident.url"),
          details: { firing: filled("text.incident"), team: "{{ .CommonLabels.team }}" },
          links: linksOfFirst,
          send_resolved: true,
          timeout,
        },
      ],
    },
    {
      name: "slack",
      slack_configs: [
        {
          api_url_file: files.slackWebhookUrl,
          channel: slack.channel,
          color: filled("slack.color"),
          title: filled("incident.title"),
          title_link: ofFirst("alert.dashboard"),
          fallback: filled("incident.summary"),
          text: filled("slack.text"),
          footer: filled("slack.footer"),
          send_resolved: true,
          timeout,
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
          headers: { Subject: `[{{ .Status | toUpper }}] ${filled("incident.summary")}` },
          text: filled("text.incident"),
          html: filled("html.incident"),
          // One incident is one conversation.
          threading: { enabled: true, thread_by_date: "daily" },
          // Every certificate of a developer is for localhost too (cli/engine/developer/certificate.ts).
          ...(trustsSink(settings) ? { tls_config: { ca_file: files.tlsCertificate, server_name: "localhost" } } : {}),
          send_resolved: true,
        },
      ],
    },
    {
      name: "webhook",
      webhook_configs: [
        hook(`${address("backend")}:${backend.port}`, mtls ? "backend" : undefined),
        // A copy: the backend shows what it stored, the sink when it came, also while the backend is down.
        ...(hasSink(settings) ? [hook(`${address(sinkName)}:${sinkPorts.http}`)] : []),
      ],
    },
    ...(alerts.heartbeatUrl === undefined
      ? []
      : [{ name: "heartbeat", webhook_configs: [{ url: alerts.heartbeatUrl, send_resolved: false, timeout }] }]),
  ];
}
