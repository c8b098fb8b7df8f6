import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { startMail } from "./mail.ts";
import { judgePagerduty } from "./pagerduty.ts";
import { show } from "./reader.ts";
import type { Came, Channel, Inbox, Mood } from "./received.ts";
import { judgeSlack } from "./slack.ts";
import { text, type Verdict } from "./verdict.ts";
import { judgeWebhook } from "./webhook.ts";

export interface SinkPlan {
  readonly host: string;
  /** Of HTTP and of mail; 0 for a free one. */
  readonly port: number;
  readonly mailPort: number;
  /** Of the mail server, as PEM. */
  readonly certificate: string;
  readonly privateKey: string;
  readonly mailUser: string;
  readonly mailPassword: string;
  readonly webhookToken: string;
  /** Of each channel so many are remembered, the newest; default: all. */
  readonly kept?: number;
  /** Called after each, with its answer. */
  onCame?(channel: Channel, status: number): void;
}

/** Local receivers of the four channels and of the heartbeat: each speaks its protocol, and remembers what came. */
export interface Sink {
  readonly port: number;
  readonly mailPort: number;
  /** Everything that came, refused or taken. */
  readonly inbox: Inbox;
  /** How a channel behaves from now on. */
  behave(channel: Channel, mood: Mood): void;
  stop(): Promise<void>;
}

/** Where each channel is found; what Slack's and the heartbeat's go on with is theirs. */
const paths: readonly (readonly [start: string, channel: WebChannel])[] = [
  ["/slack", "slack"],
  ["/v2/enqueue", "pagerduty"],
  ["/api/v1/webhooks/alerts", "webhook"],
  ["/heartbeat", "heartbeat"],
];

export async function startSink(plan: SinkPlan): Promise<Sink> {
  const inbox: Inbox = { slack: [], pagerduty: [], email: [], webhook: [], heartbeat: [] };
  const moods = new Map<Channel, Mood>();
  const moodOf = (channel: Channel): Mood => moods.get(channel) ?? { kind: "well" };
  const came = (channel: Channel, status: number): void => {
    inbox[channel].splice(0, inbox[channel].length - (plan.kept ?? Number.POSITIVE_INFINITY));
    plan.onCame?.(channel, status);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = "/" } = request;
    const channel = paths.find(([start]) => url.startsWith(start))?.[1];
    if (channel === undefined) {
      const { status, headers, body } = show(request.method, url, inbox);
      response.writeHead(status, headers).end(body);
      return;
    }
    const body = await bodyOf(request);
    const mood = moodOf(channel);
    if (mood.kind === "hangs") return;
    if (mood.kind === "breaks") {
      request.socket.destroy();
      return;
    }
    const verdict =
      mood.kind === "refuses"
        ? refuse(inbox[channel], mood.status)
        : take(inbox, channel, body, request.headers.authorization, plan.webhookToken);
    response.writeHead(verdict.status, { "content-type": verdict.type }).end(verdict.body);
    came(channel, verdict.status);
  };
  // A sender that breaks off is its own business.
  const http = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => http.listen(plan.port, plan.host, resolve));
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("the sink has no port");

  const mail = await startMail({
    ...plan,
    port: plan.mailPort,
    user: plan.mailUser,
    password: plan.mailPassword,
    mood: () => moodOf("email"),
    came: (status, message) => {
      keep(inbox.email, { status, ...(message === undefined ? {} : { message }) });
      came("email", status);
    },
  });

  return {
    port: address.port,
    mailPort: mail.port,
    inbox,
    behave: (channel, mood) => void moods.set(channel, mood),
    stop: async () => {
      http.closeAllConnections();
      await Promise.all([new Promise((resolve) => http.close(resolve)), mail.stop()]);
    },
  };
}

type WebChannel = Exclude<Channel, "email">;

function refuse(came: Came<unknown>[], status: number): Verdict<unknown> {
  return keep(came, text(status, "not now"));
}

function take(inbox: Inbox, channel: WebChannel, body: string, authorization: string | undefined, token: string) {
  switch (channel) {
    case "slack":
      return keep(inbox.slack, judgeSlack(body));
    case "pagerduty":
      return keep(inbox.pagerduty, judgePagerduty(body));
    case "webhook":
      return keep(inbox.webhook, judgeWebhook(body, authorization, token));
    case "heartbeat":
      return keep(inbox.heartbeat, text(200, "ok", body));
  }
}

/** Remembers what came, and hands on how it is answered. */
function keep<Answer extends Omit<Came<unknown>, "at">>(came: Came<Answer["message"]>[], answer: Answer): Answer {
  const { status, message } = answer;
  came.push({ at: Date.now(), status, ...(message === undefined ? {} : { message }) });
  return answer;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
