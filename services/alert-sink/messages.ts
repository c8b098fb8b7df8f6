import type { Came, Channel, Inbox } from "./received.ts";

/** What came by any channel, told in one form. */
export interface Message {
  readonly channel: Channel;
  /** ISO 8601, when it had come. */
  readonly at: string;
  /** How it was answered: 2xx where it was taken (HTTP), 250 (mail). */
  readonly status: number;
  /** Undefined where it was not taken; PagerDuty's acknowledgement and the heartbeat are neither. */
  readonly state?: "firing" | "resolved";
  /** Names of the alerts in it, as far as the channel says them. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  /** Its first line, as a person sees it. */
  readonly title: string;
  /** The channel's own form. */
  readonly message?: unknown;
}

type Told = Pick<Message, "state" | "firing" | "resolved" | "title">;

/** Which of them: of one channel, newer than a moment (milliseconds since 1970). */
export interface Wanted {
  readonly channel?: Channel;
  readonly since?: number;
}

/** Everything that came, the oldest first. */
export function messagesIn(inbox: Inbox, { channel, since = 0 }: Wanted = {}): readonly Message[] {
  const all: readonly Message[] = [
    ...told("slack", inbox.slack, ({ attachments = [], text = "" }) => {
      const [{ title = "", text: body = "" } = {}] = attachments;
      return { ...namesOf(body, /^\*(\w+)\*/gm, /^~(\w+)~/gm), title: title || text };
    }),
    ...pagerduty(inbox.pagerduty),
    ...told("email", inbox.email, ({ subject, text }) => ({
      ...namesOf(text, /^(\w+) \(\w+\) since /gm, /^(\w+) resolved: /gm),
      title: subject,
    })),
    ...told("webhook", inbox.webhook, ({ status, alerts, groupLabels }) => {
      const of = (wanted: string) =>
        alerts.flatMap(({ status: state, labels }) => (state === wanted ? (labels.alertname ?? []) : []));
      const title = `${status}: ${Object.values(groupLabels).join(", ")}`;
      return { state: status, firing: of("firing"), resolved: of("resolved"), title };
    }),
    ...told("heartbeat", inbox.heartbeat, () => ({ firing: [], resolved: [], title: "alive" })),
  ];
  return all
    .filter((message) => (channel ?? message.channel) === message.channel && Date.parse(message.at) > since)
    .sort((a, b) => a.at.localeCompare(b.at));
}

function told<Content>(
  channel: Channel,
  came: readonly Came<Content>[],
  tell: (content: Content) => Told,
): readonly Message[] {
  return came.map(({ at, status, message }) => ({
    channel,
    at: new Date(at).toISOString(),
    status,
    ...(message === undefined ? { firing: [], resolved: [], title: "refused" } : { ...tell(message), message }),
  }));
}

/** What is resolved names its incident only: the alerts are those that it was last triggered with. */
function pagerduty(came: Inbox["pagerduty"]): readonly Message[] {
  const incidents = new Map<string | undefined, readonly string[]>();
  return told("pagerduty", came, (event) => {
    if (event.event_action === "trigger") {
      const firing = list(event.payload.class);
      incidents.set(event.dedup_key, firing);
      return { state: "firing", firing, resolved: [], title: event.payload.summary };
    }
    const title = `${event.event_action} ${event.dedup_key}`;
    if (event.event_action === "acknowledge") return { firing: [], resolved: [], title };
    return { state: "resolved", firing: [], resolved: incidents.get(event.dedup_key) ?? [], title };
  });
}

/** Of a text that our templates wrote (components/alerts/messages.ts). */
function namesOf(text: string, isFiring: RegExp, isResolved: RegExp): Omit<Told, "title"> {
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);
  const firing = all(isFiring);
  return { state: firing.length > 0 ? "firing" : "resolved", firing, resolved: all(isResolved) };
}

const list = (names = ""): readonly string[] => names.split(", ").filter((name) => name !== "");
