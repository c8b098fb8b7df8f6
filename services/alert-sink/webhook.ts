import { z } from "zod";
import { against, json, parsed, text, type Verdict } from "./verdict.ts";

const words = z.record(z.string(), z.string());

/** What Alertmanager posts (prometheus.io, "Alerting: configuration", webhook_config), version 4. */
const notification = z.object({
  version: z.literal("4"),
  groupKey: z.string().min(1),
  receiver: z.string(),
  status: z.enum(["firing", "resolved"]),
  groupLabels: words,
  externalURL: z.url(),
  alerts: z
    .array(
      z.object({
        status: z.enum(["firing", "resolved"]),
        labels: words,
        annotations: words,
        startsAt: z.iso.datetime({ offset: true }),
        fingerprint: z.string().min(1),
      }),
    )
    .min(1),
});
export type WebhookMessage = z.infer<typeof notification>;

/** Refuses whoever does not bring the secret, as the application does. */
export function judgeWebhook(body: string, authorization: string | undefined, token: string): Verdict<WebhookMessage> {
  if (authorization !== `Bearer ${token}`) return text(401, "who are you?");
  const { data, success, error } = notification.safeParse(parsed(body));
  return success ? json(200, { stored: data.alerts.length }, data) : json(422, { errors: against(error) });
}
