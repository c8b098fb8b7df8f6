/**
 * The backend's routes as a server of its own, for bench/backend.bench.ts: `bare` on fastify alone, else with log,
 * metrics and correlation at that log level. Neither limits the rate. Tells its parent the port.
 */
import { fileURLToPath } from "node:url";
import Fastify from "fastify";
import type { Configuration, LogLevel } from "../../services/backend/configuration.ts";
import type { Order } from "../../services/backend/domain/order.ts";
import { accessControl } from "../../services/backend/http/access.ts";
import {
  observedRoutes,
  observedServer,
  prefix,
  tradingRoutes,
  withSchemas,
} from "../../services/backend/http/server.ts";
import type { Server, Trading } from "../../services/backend/http/services.ts";
import { makeTokens } from "../../services/backend/http/tokens.ts";
import { cachedChecks } from "../../services/backend/observability/checks.ts";
import { makeLog } from "../../services/backend/observability/log.ts";
import { makeMetrics } from "../../services/backend/observability/metrics.ts";
import { watchSystem } from "../../services/backend/observability/system.ts";
import { openStores } from "../../services/backend/storage/stores.ts";

/** What the parent says. */
export interface Setup {
  readonly kind: "bare" | LogLevel;
  readonly stores: Pick<Configuration, "database" | "cache">;
  readonly userId: string;
  /** Answered without a store, to whoever asks for it: what is measured then is the server alone. */
  readonly inMemory: string;
}

export interface Ready {
  readonly port: number;
  readonly token: string;
}

async function serve({ kind, stores: stated, userId, inMemory }: Setup): Promise<Ready> {
  const level = kind === "bare" ? "WARNING" : kind;
  const log = { level, format: "json" } as const;
  const configuration = {
    service: "backend",
    version: "2.1.0",
    environment: "production",
    instance: "bench",
    log,
  } as const;
  const stores = openStores({ ...stated, ...configuration }, () => () => {});
  const tokens = makeTokens("k".repeat(32), "bench");
  const order: Order = {
    ...{ id: inMemory, userId, symbol: "ACME", side: "buy", quantity: 1, state: "accepted" },
    ...{ createdAt: new Date(), updatedAt: new Date() },
  };
  const services: Trading = {
    configuration,
    log: makeLog(configuration),
    metrics: makeMetrics("backend", "2.1.0"),
    readiness: () => ({ started: true, draining: false }),
    health: cachedChecks({ database: stores.pingDatabase, redis: stores.pingCache }),
    system: watchSystem(),
    tokens,
    alertWebhookToken: "token",
    ...stores,
    orders: {
      ...stores.orders,
      find: async (id, user) => (id === inMemory ? order : stores.orders.find(id, user)),
    },
  };
  const app = kind === "bare" ? bareContext() : await observedServer(services);
  await app.register(accessControl, services);
  await app.register(observedRoutes(services), { prefix });
  await app.register(tradingRoutes(services), { prefix });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { port, token: tokens.make({ id: userId, name: "bench", role: "trader" }).token };
}

/** The routes want to know for whom they work. */
function bareContext(): Server {
  const app = withSchemas(Fastify({ logger: false }));
  app.decorateRequest("context");
  const context = { correlationId: "benchmark" };
  app.addHook("onRequest", (request, _reply, done) => {
    request.context = context;
    done();
  });
  return app;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once("message", (setup: Setup) => {
    void serve(setup).then((ready) => process.send?.(ready));
  });
}
