import { createServer, type RequestListener } from "node:http";
import { expect, test } from "vitest";
import { startLoad } from "./load.ts";

async function loaded(listener: RequestListener, count = 200) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const load = startLoad(`http://127.0.0.1:${address.port}/`, 4, 2_000);
  await load.reach(count);
  const journal = await load.stop();
  server.close();
  return journal;
}

test("a healthy server: every request answered, a fifth of them POSTs, kept and new connections", async () => {
  const seen = { POST: 0, GET: 0 };
  const connections = new Set<unknown>();
  const { sent, failures, answers } = await loaded((request, response) => {
    seen[request.method === "POST" ? "POST" : "GET"] += 1;
    connections.add(request.socket);
    response.end("v1\nmore");
  });
  expect(failures).toEqual([]);
  expect(answers.get("v1")).toBe(sent);
  expect(seen.POST / sent).toBeCloseTo(0.2, 1);
  expect(connections.size).toBeGreaterThan(sent / 4);
  expect(connections.size).toBeLessThan(sent * 0.8);
});

test("an error, a reset and what is refused as too many are failures, a 404 is an answer", async () => {
  let count = 0;
  const { sent, failures, answers } = await loaded((request, response) => {
    count += 1;
    if (count % 10 === 0) response.writeHead(503).end("no");
    else if (count % 10 === 3) response.writeHead(429).end("too many");
    else if (count % 10 === 5) request.socket.destroy();
    else response.writeHead(404).end("none");
  });
  expect(failures.filter(({ why }) => why === "status 503").length).toBeGreaterThan(sent / 20);
  expect(failures.filter(({ why }) => why === "status 429").length).toBeGreaterThan(sent / 20);
  expect(failures.filter(({ why }) => why === "ECONNRESET").length).toBeGreaterThan(sent / 20);
  expect(failures.length + (answers.get("none") ?? 0)).toBe(sent);
});
