import { expect, test } from "vitest";
import { messagesIn } from "./messages.ts";
import { show } from "./reader.ts";
import type { Inbox } from "./received.ts";

const at = Date.parse("2026-01-02T03:04:05.000Z");
const alert = (alertname: string, status: "firing" | "resolved") => ({
  status,
  labels: { alertname },
  annotations: {},
  startsAt: "2026-01-02T03:04:05.000Z",
  fingerprint: "0123",
});
const key = "0123456789abcdef0123456789abcdef";
const inbox: Inbox = {
  slack: [
    {
      at,
      status: 200,
      message: {
        attachments: [
          {
            title: "FIRING 1: database in development",
            text: "*DatabaseDown* (critical) since 2026\nThe database does not answer\n~LongRunningQueries~ resolved: it was <slow>\n",
            fallback: "x",
          },
        ],
      },
    },
    { at: at + 4, status: 400 },
  ],
  pagerduty: [
    {
      at: at + 1,
      status: 202,
      message: {
        routing_key: key,
        event_action: "trigger",
        dedup_key: "d",
        payload: { summary: "two", source: "s", severity: "critical", class: "DatabaseDown, RedisDown" },
      },
    },
    { at: at + 5, status: 202, message: { routing_key: key, event_action: "resolve", dedup_key: "d" } },
  ],
  email: [
    {
      at: at + 2,
      status: 250,
      message: {
        from: "a",
        to: ["b"],
        subject: "[RESOLVED] <it>",
        text: "DatabaseDown resolved: it does not answer\n\nAll of it: http://x",
        html: "",
      },
    },
  ],
  webhook: [
    {
      at: at + 3,
      status: 200,
      message: {
        version: "4",
        groupKey: "k",
        receiver: "webhook",
        status: "firing",
        groupLabels: { environment: "development", service: "database" },
        externalURL: "http://x",
        alerts: [alert("DatabaseDown", "firing"), alert("LongRunningQueries", "resolved")],
      },
    },
  ],
  heartbeat: [],
};

test("each channel's messages say which alerts are in them, in the order in which they came", () => {
  expect(messagesIn(inbox).map(({ channel, state, firing, resolved }) => [channel, state, firing, resolved])).toEqual([
    ["slack", "firing", ["DatabaseDown"], ["LongRunningQueries"]],
    ["pagerduty", "firing", ["DatabaseDown", "RedisDown"], []],
    ["email", "resolved", [], ["DatabaseDown"]],
    ["webhook", "firing", ["DatabaseDown"], ["LongRunningQueries"]],
    ["slack", undefined, [], []],
    ["pagerduty", "resolved", [], ["DatabaseDown", "RedisDown"]],
  ]);
});

const read = (url: string, method = "GET") => show(method, url, inbox);

test("they are chosen by channel and time; what is asked wrongly is told by its key", () => {
  const found: readonly { readonly at: string }[] = JSON.parse(
    read("/messages?channel=slack&since=2026-01-02T03:04:05.000Z").body,
  );
  expect(found.map((message) => message.at)).toEqual(["2026-01-02T03:04:05.004Z"]);
  const wrong = read("/messages?channel=fax&since=yesterday&x=1");
  expect([wrong.status, JSON.parse(wrong.body).errors]).toEqual([
    400,
    [expect.stringMatching(/^channel: /), expect.stringMatching(/^since: must be a time/), expect.stringMatching(/x/)],
  ]);
  expect(read("/messages", "DELETE").status).toBe(405);
  expect(read("/elsewhere").status).toBe(404);
  expect(read("/-/healthy").body).toBe('{"status":"healthy"}');
});

test("the page shows them as text, whatever is in them", () => {
  const { body, headers } = read("/");
  expect(body).toContain("DatabaseDown, LongRunningQueries resolved");
  expect(body).toContain("[RESOLVED] &lt;it&gt;");
  expect(body).not.toContain("<it>");
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
});
