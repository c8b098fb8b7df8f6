import type { Settings } from "../../components/settings.ts";
import { parseDuration } from "../../components/workload/index.ts";
import { UserError } from "../console/error.ts";
import { openWay } from "../open/tunnel.ts";
import { LokiUnreachable, linesFrom, linesSince, type StoredLine } from "./loki.ts";
import { type LogRequest, queryOf, usualSince } from "./request.ts";

/** Prints what Loki has of the request, oldest first. Throws {@link LokiUnreachable} where it has nothing to say. */
export async function printStored(
  url: string,
  stack: string,
  request: LogRequest,
  /** Goes on with what comes, until it is aborted. */
  follow: AbortSignal | undefined,
  /** For people, beside the lines. */
  say: (line: string) => void,
  output: NodeJS.WritableStream = process.stdout,
): Promise<void> {
  const asked = { url, query: queryOf(stack, request) };
  const { seconds } = parseDuration(request.since ?? usualSince);
  const pages = follow === undefined ? linesSince(asked, seconds) : linesFrom(asked, seconds, follow, say);
  for await (const lines of pages) {
    if (!output.write(lines.map((line) => shown(line, request)).join(""))) {
      await new Promise((resolve) => output.once("drain", resolve));
    }
  }
}

/** Behind its component's name, where there are several. */
const shown = ({ component, text }: StoredLine, request: LogRequest): string =>
  request.component === undefined ? `${component} | ${text}\n` : `${text}\n`;

/** Why there is no Loki to ask; undefined where there is. */
export function withoutLoki({ stack, without }: Settings): string | undefined {
  const missing = ["loki", "promtail"].filter((part) => without.includes(part));
  return missing.length === 0 ? undefined : `${stack} leaves out ${missing.join(" and ")}`;
}

/** Prints what Loki has, over the way that `./platform open` takes; the reason where it cannot be asked. */
export async function printFromLoki(
  settings: Settings,
  request: LogRequest,
  follow: AbortSignal | undefined,
  say: (line: string) => void,
): Promise<string | undefined> {
  const reason = withoutLoki(settings);
  if (reason !== undefined) return reason;
  const way = await openWay(settings, "loki").catch((error: unknown) => {
    if (error instanceof UserError) return error.message;
    throw error;
  });
  if (typeof way === "string") return `Loki was to be asked for ${queryOf(settings.stack, request)}, and ${way}`;
  try {
    try {
      await printStored(way.url, settings.stack, request, follow, say);
    } finally {
      await way.close();
    }
    return undefined;
  } catch (error) {
    if (error instanceof LokiUnreachable) return error.message;
    throw error;
  }
}
