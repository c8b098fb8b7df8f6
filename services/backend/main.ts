import { ConfigurationError, readConfiguration, type Service } from "./configuration.ts";
import { type Log, makeLog } from "./observability/log.ts";
import { longestStop, start } from "./start.ts";
import { DatabaseUnusable } from "./storage/migrate.ts";

const services = { serve: "backend", work: "worker" } as const;
const isCommand = (word: string): word is keyof typeof services => word in services;

/** `serve` is the API, `work` executes orders and runs backtests. */
async function main(command: string): Promise<void> {
  if (!isCommand(command)) throw new ConfigurationError(`say serve or work, not ${JSON.stringify(command)}`);
  const service = services[command];
  const configuration = readConfiguration(process.env, service);
  const log = makeLog(configuration);
  const asked = new AbortController();
  // From the first moment on: a start can hang too.
  asked.signal.addEventListener("abort", () => endInTime(service, log));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => asked.abort());
  // State is unknown then: the platform starts a new one.
  process.on("uncaughtExceptionMonitor", (exception, origin) =>
    log.always.fatal({ event: "unhandled_exception", exception, origin }, "unhandled exception"),
  );
  const running = await start(configuration, log, asked.signal).catch((error: unknown) => {
    if (asked.signal.aborted) return undefined;
    throw error;
  });
  if (running === undefined) return;
  if (!asked.signal.aborted) await new Promise((resolve) => asked.signal.addEventListener("abort", resolve));
  await running.stop();
}

function endInTime(service: Service, log: Log): void {
  setTimeout(() => {
    log.always.error({ event: "stop_timed_out" }, "stopping took too long");
    process.exit(1);
  }, longestStop[service]).unref();
}

try {
  await main(process.argv[2] ?? "");
} catch (error) {
  if (!(error instanceof ConfigurationError || error instanceof DatabaseUnusable)) throw error;
  console.error(`backend: ${error.message.replaceAll("\n", "\nbackend: ")}`);
  process.exitCode = 2;
}
