import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { linesOf } from "./last-lines.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A Loki that has these lines of whatever is asked for; what was asked for. */
async function fakeLoki(lines: readonly string[]): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(new URL(request.url ?? "", "http://x").searchParams.get("query") ?? "");
    const values = lines.map((text, index) => [String(index), text]);
    response.end(JSON.stringify({ data: { result: [{ stream: { service: "backend" }, values }] } }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`, asked };
}

test("of a service that went back its last ten lines are shown, of this stack", async () => {
  const { url, asked } = await fakeLoki(Array.from({ length: 12 }, (_, index) => `line ${index + 1}\n`));
  const shown = await linesOf(url, "prod", "backend");
  expect(shown).toHaveLength(11);
  expect(shown.slice(0, 2)).toEqual(["last lines of backend:", "  | line 3"]);
  expect(shown.at(-1)).toBe("  | line 12");
  expect(asked).toEqual(['{stack="prod",service="backend"}']);
});

test("one that has written nothing is told of as such", async () => {
  const { url } = await fakeLoki([]);
  expect(await linesOf(url, "prod", "backend")).toEqual(["backend: Loki has no line of it from the last 30 minutes"]);
});
