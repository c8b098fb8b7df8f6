import { redactText } from "./redact.ts";

/** How an error looks in a log line. */
export interface Exception {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly cause?: Exception;
}

/** Causes of causes, as far as anybody reads them. */
const deepest = 4;

/** Anything can be thrown; of an object that is no error nothing but its text is told. */
export function exceptionOf(thrown: unknown, depth = 0): Exception {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: redactText(String(thrown)) };
  const code = "code" in thrown && typeof thrown.code === "string" ? { code: thrown.code } : {};
  const stack = thrown.stack === undefined ? {} : { stack: redactText(thrown.stack) };
  const cause = thrown.cause === undefined || depth === deepest ? {} : { cause: exceptionOf(thrown.cause, depth + 1) };
  return { type: thrown.name, message: redactText(thrown.message), ...code, ...stack, ...cause };
}
