import type { PagerdutyEvent } from "./pagerduty.ts";
import type { SlackMessage } from "./slack.ts";
import type { WebhookMessage } from "./webhook.ts";

/** A mail as its reader sees it. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The conversation that it belongs to. */
  readonly inReplyTo?: string;
}

/** Something that came: when (milliseconds since 1970), how it was answered, and what it was where it was taken. */
export interface Came<Message> {
  readonly at: number;
  readonly status: number;
  readonly message?: Message;
}

/** What came by each channel, in its order. */
export interface Inbox {
  readonly slack: Came<SlackMessage>[];
  readonly pagerduty: Came<PagerdutyEvent>[];
  readonly email: Came<Mail>[];
  readonly webhook: Came<WebhookMessage>[];
  readonly heartbeat: Came<string>[];
}
export type Channel = keyof Inbox;
export const channels = ["slack", "pagerduty", "email", "webhook", "heartbeat"] as const satisfies readonly Channel[];

/** The messages that were taken. */
export const taken = <Message>(came: readonly Came<Message>[]): readonly Message[] =>
  came.flatMap(({ message }) => (message === undefined ? [] : [message]));

/** How a channel behaves; every one is well at first. */
export type Mood =
  | { readonly kind: "well" }
  /** Answers with this status, as 429 or 503. */
  | { readonly kind: "refuses"; readonly status: number }
  /** Takes the connection and never answers. */
  | { readonly kind: "hangs" }
  /** Breaks the connection. */
  | { readonly kind: "breaks" };
