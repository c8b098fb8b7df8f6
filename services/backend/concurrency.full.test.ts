import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Outcome, outcomeOf } from "./domain/exchange.ts";
import { makeMetrics } from "./observability/metrics.ts";
import { openStores, type Stores } from "./storage/stores.ts";
import {
  ask,
  eventually,
  logIn,
  recordedLog,
  startProcess,
  type TestProcess,
  testConfiguration,
} from "./testing/backend.ts";
import { startedServers } from "./testing/servers.ts";
import { type Loop, startLoop } from "./work/loop.ts";
import { orderTurn } from "./work/order-turn.ts";

const servers = await startedServers();

/** What a client does, one after the other. Keys are its own: a small number is used again and again. */
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("place" as const), key: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), key: fc.nat(5) }) },
);
/** The answer about each fifth order, however often it is executed. */
const loses = (id: string): boolean => Number.parseInt(id.slice(0, 4), 16) % 5 === 0;
const client = fc.array(action, { minLength: 1, maxLength: 8 });

describe.skipIf(servers === undefined)("several clients, two backends, three workers", { timeout: 120_000 }, () => {
  const executions = new Map<string, number>();
  const filled = new Map<string, Outcome>();
  const stores: Stores[] = [];
  const loops: Loop[] = [];
  let backends: readonly TestProcess[] = [];
  let token = "";

  beforeAll(async () => {
    if (servers === undefined) return;
    const configuration = { database: servers.postgres.configuration, cache: servers.redis.configuration };
    backends = await Promise.all([
      startProcess("backend", configuration, { instance: "one" }),
      startProcess("backend", configuration, { instance: "two" }),
    ]);
    token = await logIn(backends[0]?.url ?? "", "admin", testConfiguration.adminPassword);
    const { log } = recordedLog({ ...testConfiguration, service: "worker" });
    for (const instance of ["a", "b", "c"]) {
      const own = openStores({ ...configuration, service: "worker", instance }, () => () => {});
      const turn = orderTurn({
        outbox: own.outbox,
        exchange: {
          // Without what a real exchange keeps itself: each request is one more execution.
          execute: async (order) => {
            executions.set(order.id, (executions.get(order.id) ?? 0) + 1);
            filled.set(order.id, outcomeOf(order));
            if (loses(order.id)) throw new Error("the answer was lost");
            return outcomeOf(order);
          },
          find: async (id) => filled.get(id),
        },
        metrics: makeMetrics("worker", "2.1.0"),
        log,
        isPaused: () => false,
      });
      stores.push(own);
      loops.push(startLoop(turn, { pauseMs: 2, onError: (error) => expect.fail(String(error)) }));
    }
  });
  afterAll(async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
    await Promise.all([...stores.map((own) => own.close()), ...backends.map((backend) => backend.stop())]);
    await servers?.stop();
  });

  test("no order is lost, doubled or executed twice, also where the exchange's answer is lost, and a cancelled one is not executed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(client, { minLength: 2, maxLength: 6 }), async (clients) => {
        const run = randomUUID();
        const ids = new Map<string, Set<string>>();
        const statuses: number[] = [];
        const cancelled = new Set<string>();
        const perform = async (script: (typeof clients)[number], index: number): Promise<void> => {
          for (const [step, { kind, key }] of script.entries()) {
            // Two clients share each key, and either may reach either backend.
            const name = `${run}-${index % 2}-${key}`;
            const url = `${backends[(index + step) % 2]?.url}/orders`;
            if (kind === "place") {
              const body = { symbol: "ACME", side: "buy", quantity: key + 1 };
              const answer = await ask(url, "POST", { token, body, headers: { "idempotency-key": name } });
              statuses.push(answer.status);
              ids.set(name, (ids.get(name) ?? new Set()).add(answer.body.id));
            } else {
              const [id] = ids.get(name) ?? [];
              if (id === undefined) continue;
              const answer = await ask(`${url}/${id}`, "DELETE", { token });
              expect([200, 409]).toContain(answer.status);
              if (answer.status === 200) cancelled.add(id);
            }
          }
        };
        await Promise.all(clients.map(perform));
        expect(statuses.filter((status) => status !== 200 && status !== 201)).toEqual([]);
        expect(statuses.filter((status) => status === 201)).toHaveLength(ids.size);
        for (const same of ids.values()) expect(same.size).toBe(1);
        for (const id of [...ids.values()].flatMap((same) => [...same])) {
          const { body } = await eventually(
            () => ask(`${backends[0]?.url}/orders/${id}`, "GET", { token }),
            (answer) => ["executed", "failed", "cancelled"].includes(answer.body.state),
          );
          expect(body.state).toBe(cancelled.has(id) ? "cancelled" : "executed");
          expect(executions.get(id) ?? 0).toBe(cancelled.has(id) ? 0 : 1);
        }
      }),
      { numRuns: process.env.TEST_SIZE === "issue" ? 200 : 25 },
    );
    expect(
      await stores[0]?.database.query(
        "select * from outbox join orders on orders.id = order_id where state <> 'cancelled'",
      ),
    ).toEqual([]);
  });
});
