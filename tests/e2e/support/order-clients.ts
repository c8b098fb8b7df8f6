import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";

/** What clients know of their orders, whatever the servers say. */
export interface OrderJournal {
  /** Requests, those that were sent again too. */
  readonly sent: number;
  /** Of them, those that ended without an acknowledgement: a broken connection, 429, 5xx. */
  readonly unanswered: number;
  /** When and why each of the first of them did: a status, or how the connection ended. */
  readonly reasons: readonly string[];
  /** One an order, in the order in which they were acknowledged. */
  readonly acknowledged: readonly Acknowledged[];
}

export interface Acknowledged {
  /** Its idempotency key. */
  readonly key: string;
  /** Every id that an answer to this key named. */
  readonly ids: ReadonlySet<string>;
  readonly correlationId: string;
  /** Milliseconds since 1970, when the first request was sent. */
  readonly at: number;
}

export interface OrderClients {
  /** Orders that have been acknowledged. */
  readonly placed: () => number;
  /** Every client finishes its order; throws where one was refused, or not acknowledged for two minutes. */
  stop(): Promise<OrderJournal>;
}

const order = z.object({ id: z.string(), state: z.string(), symbol: z.string() });
export type StoredOrder = z.infer<typeof order>;

/** So many reasons are kept. */
const keptReasons = 20;
const patience = 120_000;
const pause = 100;

/**
 * Clients that place orders one after the other. Each has a key of its own, and is sent again with it until it is
 * acknowledged; each fifth is sent once more after that, and each fifth twice at once, as an impatient customer does.
 * @param url of the API, with its version.
 */
export function startOrderClients(url: string, token: string, symbol: string, clients = 4): OrderClients {
  const acknowledged: Acknowledged[] = [];
  const reasons: string[] = [];
  let [sent, unanswered, stopped] = [0, 0, false];

  function missed(reason: string): void {
    unanswered += 1;
    if (reasons.length < keptReasons) reasons.push(`${new Date().toISOString()} ${reason.trim()}`);
  }

  async function place(key: string, correlationId: string): Promise<string> {
    for (const end = Date.now() + patience; Date.now() < end; await delay(pause)) {
      sent += 1;
      const answer = await fetch(`${url}/orders`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "idempotency-key": key,
          "x-correlation-id": correlationId,
        },
        body: JSON.stringify({ symbol, side: "buy", quantity: 1 }),
        signal: AbortSignal.timeout(10_000),
      })
        .then(async (came) => ({ status: came.status, body: await came.text() }))
        .catch((error: Error) => error);
      if (answer instanceof Error) {
        missed(`${answer.message} ${answer.cause ?? ""}`);
        continue;
      }
      if (answer.status === 200 || answer.status === 201) return order.parse(JSON.parse(answer.body)).id;
      if (answer.status < 500 && answer.status !== 429) {
        throw new Error(`an order was refused: ${answer.status} ${answer.body}`);
      }
      missed(`${answer.status} ${answer.body.slice(0, 200)}`);
    }
    throw new Error(`an order was not acknowledged in ${patience / 1000} s`);
  }

  async function client(): Promise<void> {
    for (let count = 0; !stopped; count += 1) {
      const [key, correlationId, at] = [randomUUID(), randomUUID(), Date.now()];
      const once = () => place(key, correlationId);
      const ids = new Set(count % 5 === 2 ? await Promise.all([once(), once()]) : [await once()]);
      if (count % 5 === 4) ids.add(await once());
      acknowledged.push({ key, ids, correlationId, at });
      await delay(pause);
    }
  }

  const working = Promise.all(Array.from({ length: clients }, client));
  // It is told at `stop`.
  working.catch(() => {});
  return {
    placed: () => acknowledged.length,
    stop: async () => {
      stopped = true;
      await working;
      return { sent, unanswered, reasons, acknowledged };
    },
  };
}

/** All orders of a symbol that the API has. */
export async function storedOrders(url: string, token: string, symbol: string): Promise<readonly StoredOrder[]> {
  const found: StoredOrder[] = [];
  for (let before = ""; ; ) {
    const answer = await fetch(`${url}/orders?limit=100${before}`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`orders: ${answer.status}`);
    const { orders } = z.object({ orders: z.array(order) }).parse(await answer.json());
    found.push(...orders);
    const last = orders.at(-1);
    if (last === undefined) return found.filter((one) => one.symbol === symbol);
    before = `&before=${last.id}`;
  }
}

/** How many of a journal's orders are not stored, and how many are stored more than once. */
export function balance({ acknowledged }: Pick<OrderJournal, "acknowledged">, stored: readonly StoredOrder[]) {
  const there = new Set(stored.map(({ id }) => id));
  const lost = acknowledged.filter(({ ids }) => ![...ids].some((id) => there.has(id))).length;
  return { lost, doubled: stored.length - (acknowledged.length - lost) };
}
