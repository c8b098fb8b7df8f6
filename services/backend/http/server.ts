import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import Fastify, { type FastifyInstance } from "fastify";
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { accessControl } from "./access.ts";
import { correlation } from "./correlation.ts";
import { errorAnswers } from "./errors.ts";
import { faultHooks } from "./fault-hooks.ts";
import { Refusal } from "./refusal.ts";
import { requestLog } from "./request-log.ts";
import { requestMetrics } from "./request-metrics.ts";
import { adminRoutes } from "./routes/admin.ts";
import { authRoutes } from "./routes/auth.ts";
import { backtestRoutes } from "./routes/backtests.ts";
import { faultRoutes } from "./routes/faults.ts";
import { healthRoutes } from "./routes/health.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { orderRoutes } from "./routes/orders.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import type { Observed, Server, Trading } from "./services.ts";

export const prefix = "/api/v1";

const limits = {
  /** Bytes of a body: the largest is Alertmanager's, of hundreds of alerts. */
  body: 512 * 1024,
  /** Milliseconds for a whole request to arrive: a slow sender holds a connection no longer. */
  request: 10_000,
  /** How often that is looked at. */
  check: 2_000,
  /** Longer than the gateway keeps its connections: the side that opened them is to close them. */
  keepAlive: 75_000,
  /** Requests a minute of one user, or of one address where nobody is logged in. */
  perMinute: 6_000,
};

/** The same for a server that is made elsewhere. */
export const serverOptions = {
  connectionsCheckingInterval: limits.check,
  headersTimeout: limits.request,
  requestTimeout: limits.request,
  keepAliveTimeout: limits.keepAlive,
} as const;

/**
 * A server that holds the limits and understands the routes' schemas. How long an answer may take is the stores' own limit:
 * storage/database.ts, storage/cache.ts.
 */
function limitedServer({ serverFactory }: Pick<Observed, "serverFactory">): Server {
  const app = Fastify({
    ...(serverFactory === undefined ? {} : { serverFactory }),
    logger: false,
    bodyLimit: limits.body,
    requestTimeout: limits.request,
    // Node's own patience with headers, a minute, would hold for the body too.
    http: { connectionsCheckingInterval: limits.check, headersTimeout: limits.request },
    keepAliveTimeout: limits.keepAlive,
    // Who connects to us is the gateway, at a private address: it says who the client is.
    trustProxy: ["loopback", "linklocal", "uniquelocal"],
    // Until the end of the drain everything is answered.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 100 },
  });
  return withSchemas(app);
}

/** Routes say in zod what they take and answer. */
export function withSchemas(app: FastifyInstance): Server {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  return app.withTypeProvider<ZodTypeProvider>();
}

/** What every process has: health, metrics, and log lines of what it is asked. */
export async function observedServer(services: Observed): Promise<Server> {
  const app = limitedServer(services);
  await app.register(correlation);
  await app.register(requestMetrics, services);
  await app.register(requestLog, services);
  await app.register(errorAnswers, services);
  app.addHook("onRequest", (_request, reply, done) => {
    // Who is sent away goes to another instance with the next request.
    if (services.readiness().draining) reply.header("connection", "close");
    done();
  });
  return app;
}

/** The worker's: nothing but what probes and Prometheus ask. */
export async function workerServer(services: Observed): Promise<Server> {
  const app = await observedServer(services);
  await app.register(observedRoutes(services), { prefix });
  return app;
}

/** The backend's, whole. */
export async function tradingServer(services: Trading): Promise<Server> {
  const app = await observedServer(services);
  await app.register(accessControl, services);
  await app.register(rateLimit, {
    max: limits.perMinute,
    timeWindow: "1 minute",
    keyGenerator: (request) => request.context.user?.id ?? request.ip,
    errorResponseBuilder: (_request, { ttl }) =>
      new Refusal(429, `too many requests; try again in ${Math.ceil(ttl / 1000)} s`),
  });
  if (services.faults !== undefined) await app.register(faultHooks, { faults: services.faults });
  await app.register(swagger, {
    openapi: {
      info: { title: "Trading", version: services.configuration.version },
      components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
    },
    transform: jsonSchemaTransform,
  });
  await app.register(observedRoutes(services), { prefix });
  await app.register(tradingRoutes(services), { prefix });
  const hidden = { config: { access: "public" }, schema: { hide: true } } as const;
  app.get(`${prefix}/openapi.json`, hidden, async () => app.swagger());
  return app;
}

export const observedRoutes = (services: Observed) => async (app: Server) => {
  healthRoutes(app, services);
  metricsRoutes(app, services);
};

export const tradingRoutes = (services: Trading) => async (app: Server) => {
  authRoutes(app, services);
  orderRoutes(app, services);
  backtestRoutes(app, services);
  webhookRoutes(app, services);
  adminRoutes(app, services);
  if (services.faults !== undefined) faultRoutes(app, services);
};
