import { at, entries, list, text } from "../../support/json.ts";

/** A line as Loki gives it back. */
export interface Stored {
  /** Labels of its stream, and beside them what was stored with the line alone. */
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
}

/** As many as Loki gives at once (limits_config.max_entries_limit_per_query). */
const page = 5000;
const hour = 3_600_000_000_000n;

async function asked(url: string, path: string, words: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${url}/loki/api/v1/${path}?${new URLSearchParams(words)}`);
  if (!answer.ok) throw new Error(`Loki refused ${JSON.stringify(words)}: ${await answer.text()}`);
  return at(await answer.json(), "data");
}

/** Every line that the query finds since so many hours, in the order of time. */
export async function linesOf(url: string, query: string, sinceHours = 2n): Promise<readonly Stored[]> {
  const now = BigInt(Date.now()) * 1_000_000n;
  const found: Stored[] = [];
  for (let start = now - sinceHours * hour; ; ) {
    const words = { query, start: String(start), end: String(now + hour), limit: String(page), direction: "forward" };
    const lines = list(at(await asked(url, "query_range", words), "result")).flatMap(streamLines);
    found.push(...lines.sort((a, b) => Number(a.time - b.time)));
    const last = found.at(-1);
    if (lines.length < page || last === undefined) return found;
    start = last.time + 1n;
  }
}

const streamLines = (stream: unknown): readonly Stored[] =>
  list(at(stream, "values")).map((value) => ({
    labels: Object.fromEntries(entries(at(stream, "stream")).map(([name, label]) => [name, text(label) ?? ""])),
    time: BigInt(text(at(value, 0)) ?? "0"),
    line: text(at(value, 1)) ?? "",
  }));

/** Label sets of the streams that were written to; what stands beside lines is no part of them. */
export async function streamsOf(url: string, selector: string): Promise<readonly unknown[]> {
  return list(await asked(url, "series", { "match[]": selector, since: "2h" }));
}

/** What became of lines that each exist once: how many were lost, and how many of those found stand there once more. */
export function balance(written: readonly string[], stored: readonly Stored[]) {
  const found = new Set(stored.map(({ line }) => line));
  return { lost: written.filter((line) => !found.has(line)).length, doubled: stored.length - found.size };
}
