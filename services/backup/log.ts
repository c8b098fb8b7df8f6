import { type LogLevel, logLevels } from "./configuration.ts";

/** One line of JSON an event, with the field names of the platform's other services. */
export interface Log {
  /** At the level that the environment asks for. */
  at(level: LogLevel, event: string, detail?: unknown): void;
  /** At any level: starts and stops, backups, what failed. */
  always(level: LogLevel, event: string, detail?: unknown): void;
}

export function makeLog(least: LogLevel, write: (line: string) => void = (line) => process.stdout.write(line)): Log {
  const always: Log["always"] = (level, event, detail) => {
    const timestamp = new Date().toISOString();
    const message = event.replaceAll("_", " ");
    write(`${JSON.stringify({ level, timestamp, service: "backup", event, ...fieldsOf(detail), message })}\n`);
  };
  return {
    always,
    at: (level, event, detail) => {
      if (logLevels.indexOf(level) >= logLevels.indexOf(least)) always(level, event, detail);
    },
  };
}

function fieldsOf(detail: unknown): object {
  if (detail instanceof Error) {
    return { reason: detail.message, ...(detail.name === "BackupError" ? {} : { exception: detail.stack }) };
  }
  return typeof detail === "object" && detail !== null ? detail : {};
}

/** Milliseconds in which the same failure is told once: what fails every second fills no disk. */
const silence = 60_000;

/** Tells of what is tried again and again. */
export function complainer(log: Log, event: string, now: () => number = Date.now): (error: unknown) => void {
  let [told, at] = ["", Number.NEGATIVE_INFINITY];
  return (error) => {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === told && now() - at < silence) return;
    [told, at] = [reason, now()];
    log.always("ERROR", event, error);
  };
}
