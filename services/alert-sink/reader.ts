import { z } from "zod";
import { messagesIn } from "./messages.ts";
import { page } from "./page.ts";
import { channels, type Inbox } from "./received.ts";
import { against } from "./verdict.ts";

const query = z.strictObject({
  channel: z.enum(channels).exactOptional(),
  since: z.iso
    .datetime({ offset: true, error: "must be a time, as 2026-01-31T12:00:00Z" })
    .transform((time) => Date.parse(time))
    .exactOptional(),
});

const paths = "/messages?channel=slack&since=2026-01-31T12:00:00Z (both may be left out), / as a page, /-/healthy";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came: as a page, and as JSON for whoever is not in this process. */
export function show(method: string | undefined, url: string, inbox: Inbox): Answer {
  const { pathname, searchParams } = new URL(url, "http://sink");
  if (method !== "GET") return json(405, { error: "there is nothing here but to be read" });
  if (pathname === "/-/healthy") return json(200, { status: "healthy" });
  const wanted = query.safeParse(Object.fromEntries(searchParams));
  if (!wanted.success) return json(400, { errors: against(wanted.error) });
  if (pathname === "/messages") return json(200, messagesIn(inbox, wanted.data));
  if (pathname === "/") return html(page(messagesIn(inbox, wanted.data)));
  return json(404, { error: `there is ${paths}` });
}

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(value),
});

/** Nothing runs in it, and nothing is loaded: what came is shown as text. */
const html = (body: string): Answer => ({
  status: 200,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  },
  body,
});
