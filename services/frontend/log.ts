import { type Configuration, type LogLevel, logLevels } from "./configuration.ts";

/** What stands in a line beside its time, level, event and the service's identity. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One line an event: JSON with the backend's field names, or text on a developer's machine. */
export interface Log {
  /** At the level that the environment asks for. */
  at(level: LogLevel, event: string, fields?: Fields): void;
  /** At any level: starts and stops, failures, signs of life. */
  always(level: LogLevel, event: string, fields?: Fields): void;
}

export function makeLog(
  { environment, version, instance, logLevel }: Configuration,
  write: (line: string) => void = (line) => process.stdout.write(line),
): Log {
  const identity = { service: "frontend", version, environment, instance };
  const always: Log["always"] = (level, event, fields = {}) => {
    const timestamp = new Date().toISOString();
    const message = event.replaceAll("_", " ");
    write(
      environment === "development"
        ? `${timestamp.slice(11, 23)} ${level.padEnd(7)} ${[message, ...written(fields)].join(" ")}\n`
        : `${JSON.stringify({ level, timestamp, ...identity, event, ...fields, message })}\n`,
    );
  };
  const least = logLevels.indexOf(logLevel);
  return {
    always,
    at: (level, event, fields) => {
      if (logLevels.indexOf(level) >= least) always(level, event, fields);
    },
  };
}

const written = (fields: Fields): readonly string[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
