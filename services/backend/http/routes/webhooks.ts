import { z } from "zod";
import { incidentOf } from "../../domain/incident.ts";
import type { Server, Trading } from "../services.ts";

const tags = ["alerts"];
const texts = z.record(z.string().max(256), z.string().max(4096));
const status = z.enum(["firing", "resolved"]);
const time = z.iso.datetime({ offset: true });

/** What Alertmanager sends besides is not looked at. */
const message = z.object({
  version: z.literal("4"),
  alerts: z
    .array(
      z.object({
        fingerprint: z.string().regex(/^[0-9a-f]{1,32}$/, { error: "must be Alertmanager's fingerprint" }),
        status,
        startsAt: time,
        endsAt: time,
        labels: texts,
        annotations: texts,
      }),
    )
    .max(1000),
});

const incident = z.object({
  fingerprint: z.string(),
  name: z.string(),
  severity: z.string(),
  status,
  starts_at: z.iso.datetime(),
  ends_at: z.iso.datetime().exactOptional(),
  labels: texts,
  annotations: texts,
});

export function webhookRoutes(app: Server, { incidents, log, metrics }: Trading): void {
  app.post(
    "/webhooks/alerts",
    {
      config: { access: "alertmanager" },
      schema: {
        summary: "Alertmanager's webhook",
        tags,
        body: message,
        response: { 200: z.object({ stored: z.int() }) },
      },
    },
    async ({ body: { alerts } }) => {
      await incidents.store(alerts.map(incidentOf));
      for (const { status, labels, fingerprint } of alerts) {
        metrics.incidents.inc({ status });
        const fields = { event: "alert", status, alert: labels.alertname, severity: labels.severity, fingerprint };
        log.at.warn(fields, `alert ${status}`);
      }
      return { stored: alerts.length };
    },
  );
  app.get(
    "/incidents",
    {
      config: { access: "admin" },
      schema: {
        summary: "What Alertmanager told of, the newest first",
        tags,
        querystring: z.strictObject({
          status: status.exactOptional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: { 200: z.object({ incidents: z.array(incident) }) },
      },
    },
    async ({ query }) => {
      const found = await incidents.list(query.status, query.limit);
      return {
        incidents: found.map(({ startsAt, endsAt, ...same }) => ({
          ...same,
          starts_at: startsAt.toISOString(),
          ...(endsAt === undefined ? {} : { ends_at: endsAt.toISOString() }),
        })),
      };
    },
  );
}
