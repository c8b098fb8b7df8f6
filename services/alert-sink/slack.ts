import { z } from "zod";
import { parsed, text, type Verdict } from "./verdict.ts";

const action = z.object({ type: z.string(), text: z.string(), url: z.url().optional() });

/** Of an attachment, what Slack knows and Alertmanager sends (api.slack.com, "Reference: Secondary message attachments"). */
const attachment = z.object({
  title: z.string().optional(),
  title_link: z.url().optional(),
  text: z.string(),
  fallback: z.string().min(1),
  footer: z.string().max(300).optional(),
  color: z.union([z.enum(["good", "warning", "danger"]), z.string().regex(/^#[0-9a-fA-F]{6}$/)]).optional(),
  mrkdwn_in: z.array(z.string()).optional(),
  actions: z.array(action).max(5).optional(),
});

const slackMessage = z.object({
  channel: z.string().optional(),
  text: z.string().optional(),
  attachments: z.array(attachment).optional(),
});
export type SlackMessage = z.infer<typeof slackMessage>;

/** Answers as an incoming webhook does (api.slack.com, "Sending messages using incoming webhooks", handling errors). */
export function judgeSlack(body: string): Verdict<SlackMessage> {
  const { data, success } = slackMessage.safeParse(parsed(body));
  if (!success) return text(400, "invalid_payload");
  const { attachments = [] } = data;
  if (attachments.length > 100) return text(400, "too_many_attachments");
  if (data.text === undefined && attachments.length === 0) return text(400, "no_text");
  return text(200, "ok", data);
}
