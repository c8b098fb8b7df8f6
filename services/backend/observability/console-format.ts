import type { DestinationStream } from "pino";

const usual = new Set(["level", "timestamp", "message", "service", "version", "environment", "instance", "exception"]);

/** Lines for a developer's terminal: time, level, message, then what is special about them. */
export const consoleFormat = (output: DestinationStream): DestinationStream => ({
  write: (line) => output.write(readable(line)),
});

export function readable(line: string): string {
  const entry: Record<string, unknown> = JSON.parse(line);
  const { timestamp, level, message, exception } = entry;
  const special = Object.entries(entry)
    .filter(([key]) => !usual.has(key))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const first = [String(timestamp).slice(11, 23), String(level).padEnd(7), message ?? "", ...special].join(" ");
  return `${[first, ...stackOf(exception)].join("\n")}\n`;
}

function stackOf(exception: unknown): readonly string[] {
  if (typeof exception !== "object" || exception === null) return [];
  const { stack, message, cause }: Record<string, unknown> = { ...exception };
  const own = String(stack ?? message).replaceAll(/^/gm, "    ");
  const below = stackOf(cause);
  return below.length === 0 ? [own] : [own, "    caused by:", ...below];
}
