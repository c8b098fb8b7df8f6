import { z } from "zod";
import { against, json, parsed, type Verdict } from "./verdict.ts";

/** An event as developer.pagerduty.com states it: "Send an alert event", Events API v2. */
const payload = z.object({
  summary: z.string().min(1).max(1024),
  source: z.string().min(1),
  severity: z.enum(["critical", "error", "warning", "info"]),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});

const common = {
  routing_key: z.string().length(32),
  client: z.string().optional(),
  client_url: z.url().optional(),
  links: z.array(z.object({ href: z.url(), text: z.string() })).optional(),
  images: z.array(z.object({ src: z.url(), href: z.string().optional(), alt: z.string().optional() })).optional(),
};

const dedupKey = z.string().min(1).max(255);

const event = z.discriminatedUnion("event_action", [
  z.object({ ...common, event_action: z.literal("trigger"), dedup_key: dedupKey.optional(), payload }),
  z.object({ ...common, event_action: z.literal("acknowledge"), dedup_key: dedupKey }),
  z.object({ ...common, event_action: z.literal("resolve"), dedup_key: dedupKey }),
]);
export type PagerdutyEvent = z.infer<typeof event>;

/** The largest event that is taken: 512 KB. */
const largest = 512 * 1000;

/** Answers as the Events API does: 202, or 400 with what is wrong. */
export function judgePagerduty(body: string): Verdict<PagerdutyEvent> {
  if (Buffer.byteLength(body) > largest) return json(413, { status: "error", message: "Event is too large" });
  const { data, success, error } = event.safeParse(parsed(body));
  if (!success)
    return json(400, { status: "invalid event", message: "Event object is invalid", errors: against(error) });
  return json(
    202,
    { status: "success", message: "Event processed", dedup_key: data.dedup_key ?? "made-by-pagerduty" },
    data,
  );
}
