import { z } from "zod";
import { type ComponentHealth, isReady, overall, statusCodeOf } from "../../domain/health.ts";
import type { Observed, Server } from "../services.ts";

const component = z.object({
  status: z.enum(["healthy", "unhealthy"]),
  latency_ms: z.number(),
  error: z.string().exactOptional(),
});
const head = {
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  version: z.string(),
  service: z.string(),
  environment: z.string(),
  timestamp: z.iso.datetime(),
  uptime_seconds: z.number(),
  components: z.record(z.string(), component),
};
const health = z.object(head);
const detailed = z.object({
  ...head,
  instance: z.string(),
  system: z.object({
    cpu: z.object({ percent: z.number(), cores: z.number(), load_1m: z.number() }),
    memory: z.object({ resident_bytes: z.number(), heap_used_bytes: z.number(), limit_bytes: z.number() }),
    disk: z.object({ total_bytes: z.number(), free_bytes: z.number() }),
    event_loop: z.object({ delay_mean_ms: z.number(), delay_p99_ms: z.number() }),
  }),
});
type Health = z.infer<typeof health>;
const ready = z.object({ status: z.enum(["ready", "not ready"]), started: z.boolean(), draining: z.boolean() });

const config = { access: "public", rateLimit: false } as const;
const internal = { access: "internal", rateLimit: false } as const;

export function healthRoutes(app: Server, services: Observed): void {
  app.get(
    "/health",
    { config, schema: { summary: "Database and Redis", tags: ["health"], response: { 200: health, 503: health } } },
    async (_request, reply) => {
      const found = await healthOf(services);
      return reply.status(statusCodeOf(found.status)).send(found);
    },
  );
  app.get(
    "/health/live",
    {
      config,
      schema: {
        summary: "The process alone",
        tags: ["health"],
        response: { 200: z.object({ status: z.literal("alive") }) },
      },
    },
    async () => ({ status: "alive" as const }),
  );
  app.get(
    "/health/ready",
    { config, schema: { summary: "Started, not draining", tags: ["health"], response: { 200: ready, 503: ready } } },
    async (_request, reply) => {
      const readiness = services.readiness();
      const isWell = isReady(readiness);
      return reply.status(isWell ? 200 : 503).send({ status: isWell ? "ready" : "not ready", ...readiness });
    },
  );
  app.get(
    "/health/detailed",
    {
      config: internal,
      schema: {
        summary: "All components, and the process",
        tags: ["health"],
        response: { 200: detailed, 503: detailed },
      },
    },
    async (_request, reply) => {
      const [found, system] = await Promise.all([healthOf(services), services.system()]);
      const { instance } = services.configuration;
      return reply.status(statusCodeOf(found.status)).send({ ...found, instance, system });
    },
  );
}

async function healthOf({ configuration, health }: Observed): Promise<Health> {
  const components = await health();
  const { version, service, environment } = configuration;
  return {
    status: overall(components),
    version,
    service,
    environment,
    timestamp: new Date().toISOString(),
    uptime_seconds: Math.round(process.uptime() * 100) / 100,
    components: Object.fromEntries(Object.entries(components).map(([name, found]) => [name, written(found)])),
  };
}

const written = ({ status, latencyMs, error }: ComponentHealth) => ({
  status,
  latency_ms: latencyMs,
  ...(error === undefined ? {} : { error }),
});
