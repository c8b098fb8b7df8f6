import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startedServers } from "../testing/servers.ts";
import { openedStores } from "../testing/stores.ts";
import type { Stores } from "./stores.ts";

const servers = await startedServers();

describe.skipIf(servers === undefined)("the outbox", () => {
  let stores: Stores;
  let userId: string;
  beforeAll(async () => {
    if (servers === undefined) return;
    ({ stores, userId } = await openedStores(servers));
  });
  afterAll(async () => {
    await stores?.close();
    await servers?.stop();
  });

  const place = async (correlationId = "outbox-test"): Promise<string> => {
    const placed = await stores.orders.place({
      userId,
      idempotencyKey: randomUUID(),
      correlationId,
      request: { symbol: "ACME", side: "buy", quantity: 1 },
    });
    if (placed.kind !== "placed") throw new Error(placed.kind);
    return placed.order.id;
  };
  /** As if so much time had passed. */
  const endLeases = () => stores.database.query("update outbox set due_at = now()");
  const filled = { kind: "execute", price: "1.0000" } as const;

  test("an order is one worker's until its lease is over; then the first may write nothing any more", async () => {
    const id = await place();
    const [first] = await stores.outbox.claim(10);
    expect(first).toMatchObject({ id, attempts: 1, correlationId: "outbox-test" });
    expect(await stores.outbox.claim(10)).toEqual([]);
    await endLeases();
    const [second] = await stores.outbox.claim(10);
    expect(second).toMatchObject({ id, attempts: 2 });
    if (first === undefined || second === undefined) throw new Error("nothing was claimed");
    expect(await stores.outbox.settle(first, { ...filled, reference: "first" })).toBe(false);
    expect(await stores.outbox.settle(second, { ...filled, reference: "second" })).toBe(true);
    expect(await stores.orders.find(id)).toMatchObject({ state: "executed", exchangeReference: "second" });
    expect(await stores.outbox.settle(second, { ...filled, reference: "third" })).toBe(false);
  });

  test("what is to be tried again waits, and is not cancelled meanwhile", async () => {
    const id = await place();
    const [claim] = await stores.outbox.claim(10);
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await stores.outbox.settle(claim, { kind: "retry", afterSeconds: 60 })).toBe(true);
    expect(await stores.outbox.claim(10)).toEqual([]);
    expect(await stores.orders.cancel(id, userId)).toEqual({ kind: "too late", state: "executing" });
    expect(await stores.outbox.oldestSeconds()).toBeGreaterThan(0);
    await endLeases();
    const [again] = await stores.outbox.claim(10);
    if (again === undefined) throw new Error("nothing was claimed");
    await stores.outbox.settle(again, { kind: "fail", reason: "enough" });
    expect(await stores.orders.find(id)).toMatchObject({ state: "failed", reason: "enough" });
    expect(await stores.outbox.oldestSeconds()).toBe(0);
  });

  test("a cancelled order is never handed out, and its entry goes", async () => {
    const id = await place();
    expect(await stores.orders.cancel(id, randomUUID())).toEqual({ kind: "none" });
    expect((await stores.orders.cancel(id, userId)).kind).toBe("cancelled");
    expect(await stores.outbox.claim(10)).toEqual([]);
    expect(await stores.database.query("select * from outbox")).toEqual([]);
  });

  test("an id that could end a statement's comment is replaced, and the order executed", async () => {
    const id = await place("x' */ or true /*");
    const [claim] = await stores.outbox.claim(10);
    expect(claim).toMatchObject({ id, correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await stores.outbox.settle(claim, { ...filled, reference: "hostile" })).toBe(true);
  });

  test("an order and its entry are stored together or not at all", async () => {
    await stores.database.query("alter table outbox add constraint none check (correlation_id <> 'outbox-test')");
    await expect(place()).rejects.toThrow("none");
    await stores.database.query("alter table outbox drop constraint none");
    const [orders] = await stores.database.query<{ n: number }>(
      "select count(*)::int as n from orders where state = 'accepted'",
    );
    expect(orders?.n).toBe(0);
  });
});
