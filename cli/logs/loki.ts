import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { UserError } from "../console/error.ts";
import { jsonOf } from "../json.ts";

/** A line as Loki gives it. */
export interface StoredLine {
  readonly component: string;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly text: string;
}

const answer = z.object({
  data: z.object({
    result: z.array(
      z.object({
        stream: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.string().regex(/^\d+$/), z.string()]).rest(z.unknown())),
      }),
    ),
  }),
});

/** Loki did not answer, or not as Loki does: the lines may be had elsewhere. */
export class LokiUnreachable extends Error {
  override readonly name = "LokiUnreachable";
}

/** As many lines as Loki gives at once (its `max_entries_limit_per_query`). */
const page = 5000;
/** A line is on its way for some seconds, and another stream's may overtake it: so far back is asked again. */
const overlap = 15_000_000_000n;
const pollMs = 1_000;

const now = (): bigint => BigInt(Date.now()) * 1_000_000n;

interface Asked {
  readonly url: string;
  /** LogQL. */
  readonly query: string;
}

/** One page, oldest first. */
async function ask({ url, query }: Asked, start: bigint, end: bigint): Promise<readonly StoredLine[]> {
  const words = { query, start: String(start), end: String(end), limit: String(page), direction: "forward" };
  const address = `${url}/loki/api/v1/query_range?${new URLSearchParams(words)}`;
  const asked = `Loki at ${url} was asked for ${query}`;
  const unreachable = (error: unknown): never => {
    throw new LokiUnreachable(`${asked} and does not answer: ${whyNot(error)}`);
  };
  const response = await fetch(address, { signal: AbortSignal.timeout(30_000) }).catch(unreachable);
  const body = await response.text().catch(unreachable);
  // 4xx is about the question, which another place would not answer better.
  if (response.status >= 400 && response.status < 500 && response.status !== 404 && response.status !== 429) {
    throw new UserError(`Loki refused ${query}: ${body.trim()}`);
  }
  if (!response.ok) throw new LokiUnreachable(`${asked} and says ${response.status}: ${firstLine(body)}`);
  const result = answer.safeParse(jsonOf(body));
  if (!result.success) throw new LokiUnreachable(`${asked}; what answers there is not Loki: ${firstLine(body)}`);
  return result.data.data.result
    .flatMap(({ stream, values }) =>
      values.map(([time, text]) => ({ component: stream.service ?? "", time: BigInt(time), text })),
    )
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** What a refused connection, a closed one or a time that is over says of itself. */
function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Both addresses of localhost refuse: an error of errors, whose own message is empty.
  const cause = error.cause instanceof AggregateError ? error.cause.errors[0] : error.cause;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}

const firstLine = (body: string): string => body.trim().split("\n")[0]?.slice(0, 200) || "nothing";

/** All lines of a time, oldest first, in pages. Throws {@link LokiUnreachable}. */
async function* linesBetween(asked: Asked, begin: bigint, end: bigint): AsyncGenerator<readonly StoredLine[]> {
  for (let start = begin; ; ) {
    const lines = await ask(asked, start, end);
    const last = lines.at(-1);
    if (lines.length < page || last === undefined) {
      yield lines;
      return;
    }
    // Lines of the last moment may go on on the next page: all of them are asked there.
    const whole = lines.filter(({ time }) => time < last.time);
    yield whole.length === 0 ? lines : whole;
    start = whole.length === 0 ? last.time + 1n : last.time;
  }
}

/** All lines from `sinceSeconds` ago until now, oldest first, in pages. Throws {@link LokiUnreachable}. */
export function linesSince(asked: Asked, sinceSeconds: number): AsyncGenerator<readonly StoredLine[]> {
  const end = now();
  return linesBetween(asked, end - BigInt(Math.round(sinceSeconds * 1e9)), end);
}

/**
 * The lines of {@link linesSince} and then those that come, each once, until `signal`. A Loki that goes meanwhile is said,
 * once for each time, and asked again: what it has missed it gets later.
 */
export async function* linesFrom(
  asked: Asked,
  sinceSeconds: number,
  signal: AbortSignal,
  say: (line: string) => void,
): AsyncGenerator<readonly StoredLine[]> {
  let told = new Map<string, bigint>();
  let newest = now();
  const news = (lines: readonly StoredLine[]): readonly StoredLine[] => {
    const found = lines.filter((line) => !told.has(keyOf(line)));
    for (const line of found) told.set(keyOf(line), line.time);
    return found;
  };
  for await (const lines of linesSince(asked, sinceSeconds)) yield news(lines);
  let isGone = false;
  for (; !signal.aborted; await sleep(pollMs, undefined, { signal }).catch(() => {})) {
    const from = newest - overlap;
    try {
      for await (const lines of linesBetween(asked, from, now())) {
        const found = news(lines);
        const last = found.at(-1);
        if (last === undefined) continue;
        if (last.time > newest) newest = last.time;
        yield found;
      }
      isGone = false;
    } catch (error) {
      if (!(error instanceof LokiUnreachable)) throw error;
      if (!isGone) say(`${error.message}; it is asked again until it does`);
      isGone = true;
    }
    told = new Map([...told].filter(([, time]) => time >= from));
  }
}

const keyOf = ({ component, time, text }: StoredLine): string => `${time} ${component} ${text}`;
