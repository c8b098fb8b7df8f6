import type { Server as HttpServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { aliveSeconds, logEvents } from "../../components/application/telemetry.ts";
import { type Application, assemble, type Life } from "./application.ts";
import type { Configuration } from "./configuration.ts";
import { hashPassword } from "./domain/password.ts";
import { listenForProbes } from "./http/probe-listener.ts";
import type { Log } from "./observability/log.ts";
import { DatabaseUnusable, migrate } from "./storage/migrate.ts";
import { migrations } from "./storage/migrations/index.ts";
import type { Users } from "./storage/users.ts";

/** A process that serves or works. */
export interface Running {
  /** Where it listens. */
  readonly port: number;
  /** Readiness off, drained, finished, closed. A second call waits for the first. */
  stop(): Promise<void>;
}

/** Milliseconds between two attempts to reach the database at the start. */
const pause = 1_000;

/**
 * Milliseconds that everything is still answered after readiness is off: until the gateway has looked at DNS again (1 s)
 * and a client has heard that its connection closes. On Kubernetes the pod's own wait has passed before.
 */
const drainMs = 3_000;

/** Milliseconds after which a stop that hangs is ended: 5 s before the spec's grace periods (30 s, 60 s) are over. */
export const longestStop = { backend: 25_000, worker: 55_000 } as const;

/**
 * Starts a process: it listens when the database has been reached and has this release's schema, not before: Docker's
 * names lead to whoever listens. `signal` gives up a start that waits. Throws {@link DatabaseUnusable} where waiting does not help.
 */
export async function start(
  configuration: Configuration,
  log: Log,
  signal: AbortSignal,
  drain = drainMs,
): Promise<Running> {
  const life: Life = { started: false, draining: false };
  const application = await assemble(configuration, log, life);
  let probes: HttpServer | undefined;
  try {
    await prepare(configuration, application, log, signal);
    await application.server.listen({ host: "0.0.0.0", port: configuration.port });
    if (configuration.mutual !== undefined)
      probes = await listenForProbes(application.server, configuration.mutual.probePort);
  } catch (error) {
    await application.server.close();
    await application.close();
    throw error;
  }
  const loops = application.work();
  life.started = true;
  const { version, environment } = configuration;
  log.always.info({ event: "started", version, environment }, "started");
  const alive = setInterval(
    () => log.always.info({ event: logEvents.alive, uptime_seconds: Math.round(process.uptime()) }, "alive"),
    aliveSeconds * 1000,
  );

  const stopping = async (): Promise<void> => {
    life.draining = true;
    log.always.info({ event: "stopping" }, "stopping");
    clearInterval(alive);
    await Promise.all([...loops.map((loop) => loop.stop()), delay(drain)]);
    await application.server.close();
    probes?.close();
    await application.close();
    log.always.info({ event: "stopped" }, "stopped");
  };
  let stopped: Promise<void> | undefined;
  const address = application.server.server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : configuration.port,
    stop: () => (stopped ??= stopping()),
  };
}

/** Reaches the database, brings its schema to this release and makes the first user; tries until it is done. */
async function prepare(
  configuration: Configuration,
  { stores: { users }, certificate }: Application,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const applied = await migrate({ ...configuration, certificate }, migrations);
      if (applied.length > 0) log.always.info({ event: "migrated", migrations: applied }, "the schema is up to date");
      if (configuration.service === "backend") await makeAdmin(users, configuration.adminPassword);
      return;
    } catch (error) {
      if (error instanceof DatabaseUnusable) throw error;
      // Who asks why nothing listens finds it at any level.
      log.always.warn({ event: "waiting_for_database", exception: error }, "the database is not ready yet");
      await delay(pause, undefined, { signal });
    }
  }
}

/** Only where there is none: who changed the password does not get the first one back. */
async function makeAdmin(users: Users, password: string): Promise<void> {
  if ((await users.find("admin")) === undefined) await users.add("admin", await hashPassword(password), "admin");
}
