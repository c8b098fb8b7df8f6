import { type DestinationStream, destination, type Level, type Logger, pino } from "pino";
import type { Configuration, LogLevel } from "../configuration.ts";
import { consoleFormat } from "./console-format.ts";
import { currentContext } from "./context.ts";
import { exceptionOf } from "./exception.ts";
import { redactFields, redactText } from "./redact.ts";

/** The process's log: one JSON object a line, or text for people. */
export interface Log {
  /** At the level of the moment. `exception` among the fields takes whatever was thrown. */
  readonly at: Logger;
  /** At any level: audit, 5xx, slow requests, signs of life. */
  readonly always: Logger;
  readonly level: () => LogLevel;
  setLevel(level: LogLevel): void;
}

type Identity = Pick<Configuration, "service" | "version" | "environment" | "instance" | "log">;

const pinoLevels: Readonly<Record<LogLevel, Level>> = { DEBUG: "debug", INFO: "info", WARNING: "warn", ERROR: "error" };
const words: Readonly<Record<string, string>> = {
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

export function makeLog(
  { service, version, environment, instance, log: { level, format } }: Identity,
  output: DestinationStream = destination(1),
): Log {
  const options = {
    level: pinoLevels[level],
    base: { service, version, environment, instance },
    messageKey: "message",
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: words[label] ?? label }), log: fieldsOf },
    hooks: { logMethod: redactMessage },
    mixin: contextFields,
  };
  const at = pino(options, format === "json" ? output : consoleFormat(output));
  const always = at.child({}, { level: "debug" });
  let current = level;
  return {
    at,
    always,
    level: () => current,
    setLevel: (wanted) => {
      current = wanted;
      at.level = pinoLevels[wanted];
    },
  };
}

function contextFields(): object {
  const context = currentContext();
  if (context === undefined) return {};
  const { correlationId, user } = context;
  return {
    correlation_id: correlationId,
    ...(user === undefined ? {} : { user_id: user.id, user_name: user.name, user_role: user.role }),
  };
}

function fieldsOf({ exception, ...fields }: Record<string, unknown>): Record<string, unknown> {
  return { ...redactFields(fields), ...(exception === undefined ? {} : { exception: exceptionOf(exception) }) };
}

function redactMessage(this: Logger, words: Parameters<Logger["info"]>, method: Logger["info"]): void {
  const [fields, message, ...rest] = words;
  method.apply(this, [fields, typeof message === "string" ? redactText(message) : message, ...rest]);
}
