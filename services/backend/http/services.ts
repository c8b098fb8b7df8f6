import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Configuration } from "../configuration.ts";
import type { ComponentHealth, Readiness } from "../domain/health.ts";
import type { Log } from "../observability/log.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { System } from "../observability/system.ts";
import type { Backtests } from "../storage/backtests.ts";
import type { ControlStore, Faults } from "../storage/controls.ts";
import type { Incidents } from "../storage/incidents.ts";
import type { Orders } from "../storage/orders.ts";
import type { Queue } from "../storage/queue.ts";
import type { Users } from "../storage/users.ts";
import type { MutualServer } from "../tls/mutual-server.ts";
import type { Tokens } from "./tokens.ts";

/** What the routes of every process work with. */
export interface Observed {
  /** Makes the server that clients reach by mTLS; without it a plain one is made. */
  readonly serverFactory?: MutualServer["factory"];
  readonly configuration: Pick<Configuration, "service" | "version" | "environment" | "instance">;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: () => Readiness;
  readonly health: () => Promise<Readonly<Record<string, ComponentHealth>>>;
  readonly system: () => Promise<System>;
}

/** What the application's routes work with besides. */
export interface Trading extends Observed {
  readonly tokens: Tokens;
  readonly alertWebhookToken: string;
  readonly users: Users;
  readonly orders: Orders;
  readonly backtests: Backtests;
  readonly incidents: Incidents;
  readonly queue: Pick<Queue, "add">;
  readonly controls: ControlStore;
  /** Undefined where faults cannot be switched on. */
  readonly faults?: () => Faults;
}

export type Server = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
