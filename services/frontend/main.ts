import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { aliveSeconds, logEvents } from "../../components/application/telemetry.ts";
import { readAssets } from "./assets.ts";
import { ConfigurationError, readConfiguration } from "./configuration.ts";
import { makeLog } from "./log.ts";
import { type Life, pageServer } from "./server.ts";

/** Milliseconds that everything is still answered after readiness is off, as the backend drains. */
const drainMs = 3_000;
/** Milliseconds after which a stop that hangs is ended: 5 s before the platform's grace period (30 s) is over. */
const longestStopMs = 25_000;

async function main(): Promise<void> {
  const configuration = readConfiguration(process.env);
  const log = makeLog(configuration);
  const life: Life = { draining: false };
  const asked = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => asked.abort());
  // State is unknown then: the platform starts a new one.
  process.on("uncaughtExceptionMonitor", (error) =>
    log.always("ERROR", logEvents.unhandledException, { exception: String(error.stack) }),
  );
  const server = pageServer({ assets: readAssets(), log, life });
  await listening(server, configuration.port);
  log.always("INFO", "started");
  const alive = setInterval(
    () => log.always("INFO", logEvents.alive, { uptime_seconds: Math.round(process.uptime()) }),
    aliveSeconds * 1000,
  );
  await new Promise((resolve) => asked.signal.addEventListener("abort", resolve));
  clearInterval(alive);
  life.draining = true;
  log.always("INFO", "stopping");
  setTimeout(() => {
    log.always("ERROR", "stop_timed_out");
    process.exit(1);
  }, longestStopMs).unref();
  await delay(drainMs);
  await new Promise((resolve) => server.close(resolve));
  log.always("INFO", "stopped");
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => server.once("error", reject).listen(port, "0.0.0.0", resolve));

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(`frontend: ${error.message.replaceAll("\n", "\nfrontend: ")}`);
  process.exitCode = 2;
}
