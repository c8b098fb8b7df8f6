import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, expect, test } from "vitest";
import { LokiUnreachable, linesFrom, linesSince, type StoredLine } from "./loki.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Kept = Pick<StoredLine, "time" | "text">;

/** Answers as Loki does, with those of its lines that are asked for, at most `limit` of them. */
async function fakeLoki(kept: readonly Kept[], status: number | (() => number) = 200): Promise<string> {
  const server = createServer((request, response) => {
    const words = new URL(request.url ?? "", "http://x").searchParams;
    const [start, end] = [BigInt(words.get("start") ?? 0), BigInt(words.get("end") ?? 0)];
    const values = kept
      .filter(({ time }) => time >= start && time < end)
      .slice(0, Number(words.get("limit")))
      .map(({ time, text }) => [String(time), text]);
    response.statusCode = typeof status === "number" ? status : status();
    response.end(JSON.stringify({ data: { result: [{ stream: { service: "backend" }, values }] } }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const ago = (seconds: number): bigint => BigInt(Date.now() - seconds * 1000) * 1_000_000n;
const asked = (url: string) => ({ url, query: '{stack="dev"}' });
const textsOf = (lines: readonly Kept[]) => lines.map(({ text }) => text);

test("more lines than a page holds come each once, also where many have the same time", async () => {
  const first = ago(60);
  // Threes of the same time, so that a page ends within one of them.
  const kept = Array.from({ length: 12_000 }, (_, index) => ({
    time: first + BigInt(Math.floor(index / 3)) * 1000n,
    text: `line ${index}`,
  }));
  const found: string[] = [];
  for await (const lines of linesSince(asked(await fakeLoki(kept)), 120)) found.push(...textsOf(lines));
  expect(found).toEqual(textsOf(kept));
});

test("what comes is told once, also when it is late", async () => {
  const kept: Kept[] = [{ time: ago(30), text: "before" }];
  const end = new AbortController();
  const found: string[] = [];
  for await (const lines of linesFrom(asked(await fakeLoki(kept)), 60, end.signal, () => {})) {
    found.push(...textsOf(lines));
    if (found.length === 1) kept.push({ time: ago(0), text: "now" });
    else if (found.length === 2) kept.unshift({ time: ago(5), text: "late" });
    else end.abort();
  }
  expect(found).toEqual(["before", "now", "late"]);
});

test("more lines than a page holds that come at once are all told", async () => {
  const kept: Kept[] = [];
  const end = new AbortController();
  const found: string[] = [];
  const began = ago(1);
  let isFirst = true;
  for await (const lines of linesFrom(asked(await fakeLoki(kept)), 60, end.signal, () => {})) {
    found.push(...textsOf(lines));
    if (isFirst) {
      kept.push(
        ...Array.from({ length: 12_000 }, (_, index) => ({ time: began + BigInt(index), text: `line ${index}` })),
      );
    }
    isFirst = false;
    if (found.length >= kept.length) end.abort();
  }
  expect(found).toEqual(textsOf(kept));
});

test("a Loki that goes meanwhile is said once and asked again, and each line comes once", async () => {
  const kept: Kept[] = [{ time: ago(30), text: "before" }];
  const end = new AbortController();
  const found: string[] = [];
  const said: string[] = [];
  const answers = [200, 503, 503];
  const url = await fakeLoki(kept, () => answers.shift() ?? 200);
  for await (const lines of linesFrom(asked(url), 60, end.signal, (line) => said.push(line))) {
    found.push(...textsOf(lines));
    if (found.length === 1) kept.push({ time: ago(0), text: "written meanwhile" });
    else end.abort();
  }
  expect(found).toEqual(["before", "written meanwhile"]);
  expect(said).toEqual([expect.stringMatching(/ and says 503: .*; it is asked again until it does$/)]);
});

const readAll = async (url: string): Promise<void> => {
  for await (const _ of linesSince(asked(url), 60));
};

test("who is not there, or not well, can be told from who refuses the question", async () => {
  await expect(readAll("http://127.0.0.1:9")).rejects.toThrow(LokiUnreachable);
  await expect(readAll(await fakeLoki([], 503))).rejects.toThrow("and says 503: {");
  await expect(readAll(await fakeLoki([], 400))).rejects.toThrow('Loki refused {stack="dev"}');
});
