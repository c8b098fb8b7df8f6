import { expect, test } from "vitest";
import { judgePagerduty } from "./pagerduty.ts";
import { judgeSlack } from "./slack.ts";
import { judgeWebhook } from "./webhook.ts";

const attachment = { text: "what is broken", fallback: "broken", color: "danger", callback_id: "" };
const slack = (message: unknown) => {
  const { status, body } = judgeSlack(JSON.stringify(message));
  return `${status} ${body}`;
};

test("Slack takes text or attachments, and says in its own words why not", () => {
  expect(slack({ text: "hello" })).toBe("200 ok");
  expect(slack({ channel: "#alerts", attachments: [attachment] })).toBe("200 ok");
  expect(slack({ attachments: [] })).toBe("400 no_text");
  expect(slack({ attachments: Array(101).fill(attachment) })).toBe("400 too_many_attachments");
  expect(slack({ attachments: [{ ...attachment, color: "red" }] })).toBe("400 invalid_payload");
  expect(slack({ attachments: [{ ...attachment, title_link: "no link" }] })).toBe("400 invalid_payload");
  expect(judgeSlack("text=hello").body).toBe("invalid_payload");
});

const event = {
  routing_key: "0123456789abcdef0123456789abcdef",
  event_action: "trigger",
  dedup_key: "incident",
  payload: { summary: "broken", source: "backend", severity: "critical" },
};
const pagerduty = (change: object) => {
  const { status, body } = judgePagerduty(JSON.stringify({ ...event, ...change }));
  return { status, ...JSON.parse(body) };
};

test("PagerDuty takes an event with its key, and names what is wrong with another", () => {
  expect(pagerduty({})).toEqual({
    status: "success",
    message: "Event processed",
    dedup_key: "incident",
  });
  expect(judgePagerduty(JSON.stringify(event)).status).toBe(202);
  expect(pagerduty({ event_action: "resolve", payload: undefined }).message).toBe("Event processed");
  expect(pagerduty({ event_action: "resolve", dedup_key: undefined }).errors).toEqual([
    expect.stringMatching(/^dedup_key: /),
  ]);
  expect(pagerduty({ routing_key: "short" }).errors).toEqual([expect.stringMatching(/^routing_key: /)]);
  expect(pagerduty({ payload: { ...event.payload, severity: "page" } }).errors).toEqual([
    expect.stringMatching(/^payload\.severity: /),
  ]);
  expect(pagerduty({ payload: { ...event.payload, summary: "x".repeat(1025) } }).errors).toHaveLength(1);
  expect(judgePagerduty(`"${"x".repeat(512_001)}"`).status).toBe(413);
});

test("the webhook asks for its secret, and for Alertmanager's version 4", () => {
  const message = {
    version: "4",
    groupKey: "{}:{}",
    receiver: "webhook",
    status: "firing",
    groupLabels: {},
    externalURL: "http://localhost:9093",
    alerts: [
      { status: "firing", labels: {}, annotations: {}, startsAt: "2026-01-01T00:00:00.000Z", fingerprint: "0123" },
    ],
  };
  const judge = (body: unknown, authorization?: string) =>
    judgeWebhook(JSON.stringify(body), authorization, "secret").status;
  expect(judge(message, "Bearer secret")).toBe(200);
  expect(judge(message, "Bearer other")).toBe(401);
  expect(judge(message)).toBe(401);
  expect(judge({ ...message, version: "3" }, "Bearer secret")).toBe(422);
  expect(judge({ ...message, alerts: [] }, "Bearer secret")).toBe(422);
});
