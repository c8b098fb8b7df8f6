import { ConfigurationError, readConfiguration } from "./configuration.ts";
import { startSink } from "./sink.ts";

/** Messages of each channel that are kept: days of a developer's alerts, and a few MiB. */
const kept = 500;

const levels = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;

async function main(): Promise<void> {
  const { logLevel, ...plan } = readConfiguration(process.env);
  const tell = (level: (typeof levels)[number], event: string, fields: object = {}): void => {
    if (levels.indexOf(level) < levels.indexOf(logLevel)) return;
    const timestamp = new Date().toISOString();
    console.log(JSON.stringify({ level, timestamp, service: "alert-sink", event, ...fields }));
  };
  const asked = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => asked.abort());
  const sink = await startSink({
    ...plan,
    host: "0.0.0.0",
    kept,
    onCame: (channel, status) => {
      const isTaken = status < 300;
      tell(isTaken ? "INFO" : "WARNING", isTaken ? "message_taken" : "message_refused", { channel, status });
    },
  });
  tell("INFO", "started", { port: sink.port, mail_port: sink.mailPort });
  if (!asked.signal.aborted) await new Promise((resolve) => asked.signal.addEventListener("abort", resolve));
  await sink.stop();
  tell("INFO", "stopped");
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(`alert-sink: ${error.message.replaceAll("\n", "\nalert-sink: ")}`);
  process.exitCode = 2;
}
