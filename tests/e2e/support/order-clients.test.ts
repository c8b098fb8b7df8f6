import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { until } from "../../support/process.ts";
import { balance, startOrderClients, storedOrders } from "./order-clients.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Stores what is ordered as `keep` says, and answers nothing every third time although it has stored it. */
async function startStore(keep: (key: string, stored: Map<string, string>) => string | undefined) {
  const stored = new Map<string, string>();
  let asked = 0;
  server = createServer(async (request: IncomingMessage, answer) => {
    answer.setHeader("content-type", "application/json");
    if (request.method === "GET") {
      const all = [...stored.values()].map((id) => ({ id, state: "executed", symbol: "ACME" }));
      return answer.end(JSON.stringify({ orders: request.url?.includes("before") ? [] : all }));
    }
    const key = String(request.headers["idempotency-key"]);
    const id = keep(key, stored) ?? randomUUID();
    asked += 1;
    if (asked % 3 === 0) return request.destroy();
    return answer.writeHead(201).end(JSON.stringify({ id, state: "placed", symbol: "ACME" }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it has no port");
  return { url: `http://127.0.0.1:${address.port}`, stored };
}

async function placedOn(url: string) {
  const clients = startOrderClients(url, "a token", "ACME", 2);
  await until("some orders are placed", async () => (clients.placed() > 10 ? true : undefined));
  return clients.stop();
}

test("a store that keeps every key once: nothing is lost or doubled, however many answers were", async () => {
  const { url } = await startStore((key, stored) => {
    stored.set(key, stored.get(key) ?? randomUUID());
    return stored.get(key);
  });
  const journal = await placedOn(url);
  expect(journal.unanswered).toBeGreaterThan(0);
  expect(journal.reasons).toHaveLength(Math.min(20, journal.unanswered));
  expect(journal.reasons[0]).toMatch(/^\d{4}-\S+Z fetch failed .+/);
  expect(journal.acknowledged.map(({ ids }) => ids.size)).toEqual(journal.acknowledged.map(() => 1));
  expect(balance(journal, await storedOrders(url, "a token", "ACME"))).toEqual({ lost: 0, doubled: 0 });
});

test("one that forgets keys doubles, one that acknowledges before it stores loses", async () => {
  const forgetful = await startStore((_, stored) => {
    const id = randomUUID();
    stored.set(id, id);
    return id;
  });
  const doubled = await placedOn(forgetful.url);
  expect(balance(doubled, await storedOrders(forgetful.url, "a token", "ACME")).doubled).toBeGreaterThan(0);
  expect(doubled.acknowledged.some(({ ids }) => ids.size > 1)).toBe(true);
  server?.closeAllConnections();
  server?.close();
  const hasty = await startStore(() => undefined);
  const lost = await placedOn(hasty.url);
  expect(balance(lost, await storedOrders(hasty.url, "a token", "ACME")).lost).toBe(lost.acknowledged.length);
});
