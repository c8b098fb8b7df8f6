import type { Settings } from "../settings.ts";
import type { SecretName } from "../workload/index.ts";

/** The local receivers of a developer's alerts (services/alert-sink): a laptop pages nobody, and shows what it would have. */
export const sinkName = "alert-sink";
export const sinkPorts = { http: 8082, mail: 1025 } as const;

/**
 * What a developer has in place of accounts: alerts go to the sink, whatever is written here, and nothing of it opens
 * anything. Other environments refuse it (`stacks/secrets.ts`, `tools/compose/secrets.sh`).
 */
export const sampleSecrets = {
  slackWebhookUrl: `http://${sinkName}:${sinkPorts.http}/slack`,
  // PagerDuty's routing keys have 32 characters.
  pagerdutyRoutingKey: "0123456789abcdef0123456789abcdef",
  smtpPassword: "local-sink",
} as const satisfies Partial<Readonly<Record<SecretName, string>>>;

/** Receivers that lead to the sink at an address; Slack's is a secret, which the developer's own secrets hold. */
export const sinkReceivers = (address: string) => ({
  pagerduty: { url: `http://${address}:${sinkPorts.http}/v2/enqueue` },
  email: { smarthost: `${address}:${sinkPorts.mail}` },
});

/** Receivers whose address is the stack's own sink, by their keys. */
export function sentToSink({ alerts, target, stack }: Pick<Settings, "alerts" | "target" | "stack">) {
  const { pagerduty, email } = sinkReceivers(target.address(sinkName, stack));
  return {
    pagerduty: alerts.receivers.pagerduty.url === pagerduty.url,
    email: alerts.receivers.email.smarthost === email.smarthost,
  };
}

/** The stack runs a sink: in development, where Alertmanager has a receiver that leads to it. */
export function hasSink(settings: Settings): boolean {
  const { pagerduty, email } = sentToSink(settings);
  const isThere = !["alertmanager", sinkName].some((member) => settings.without.includes(member));
  return settings.environment === "development" && isThere && (pagerduty || email);
}
