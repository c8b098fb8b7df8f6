import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { z } from "zod";
import { logOf } from "../../../offline/docker/daemon/container-log.ts";
import { at, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { startOrderClients } from "../support/order-clients.ts";
import { requireConsistent } from "./suites/kills.ts";
import { withTradingDev } from "./trading-dev.ts";

const addresses = { loopback: "127.0.77.24", public: "127.0.77.25" };
const two = { scaling: { replicas: 2 } };
const settings = { "trading-platform:backend": two, "trading-platform:worker": two };
const symbol = "REPLICAS";
const rows = z.array(z.object({ key: z.string(), id: z.string(), state: z.string(), entries: z.number() }));

await withTradingDev(
  "dev with two backends and two workers",
  addresses,
  (the) => {
    const running = async (component: string) =>
      (await the.breaking.now()).filter((container) => container.component === component);

    /** Ids of orders in a container's lines of such an event, since it was made: by it, and once for each line. */
    async function ordersIn(container: { readonly id: string }, event: string): Promise<readonly string[]> {
      const line = new RegExp(`${event}\\b.*?\\border_id"?[=:]"?([0-9a-f-]{36})`, "g");
      const written = await logOf(the.docker.getContainer(container.id), false);
      return [...written.matchAll(line)].map(([, id = ""]) => id);
    }

    test.each(["backend", "worker"])("two instances of the %s run, and Prometheus finds both", async (component) => {
      expect((await running(component)).map(({ isWell }) => isWell)).toEqual([true, true]);
      await until("both are scraped", async () => {
        const answer = await the.measured(`/api/v1/query?query=up{job="${component}"}==1`);
        return list(at(answer, "data", "result")).length === 2 ? true : undefined;
      });
    });

    test("who has logged in is known to both backends, and an order that one has taken to the other", async () => {
      const headers = {
        authorization: `Bearer ${await the.token()}`,
        "content-type": "application/json",
        "idempotency-key": randomUUID(),
      };
      const own = (await running("backend")).map(async ({ id }) => {
        const { NetworkSettings } = await the.docker.getContainer(id).inspect();
        const [network] = Object.values(NetworkSettings.Networks);
        return `http://${network?.IPAddress}:8000/api/v1/orders`;
      });
      const body = JSON.stringify({ symbol: "SESSION", side: "buy", quantity: 1 });
      const answers = [];
      for (const url of await Promise.all(own)) answers.push(await fetch(url, { method: "POST", headers, body }));
      expect(answers.map(({ status }) => status)).toEqual([201, 200]);
      const [first, second] = await Promise.all(answers.map((answer) => answer.json()));
      expect(at(first, "id")).toBe(at(second, "id"));
    });

    test("orders of several clients while backends and a worker are killed: none lost, doubled or executed twice", async () => {
      const clients = startOrderClients(the.api, await the.token(), symbol, 6);
      const more = (count: number) => {
        const enough = clients.placed() + count;
        return until(`${count} more orders`, async () => (clients.placed() >= enough ? true : undefined));
      };
      await more(200);
      for (const victim of [...(await running("backend")), ...(await running("worker")).slice(0, 1)]) {
        const [before, begun] = [clients.placed(), performance.now()];
        await the.breaking.killedOne(victim);
        const seconds = ((performance.now() - begun) / 1000).toFixed(1);
        console.log(
          `a ${victim.component} killed: well after ${seconds} s, ${clients.placed() - before} orders meanwhile`,
        );
        expect(clients.placed()).toBeGreaterThan(before);
        await more(100);
      }
      const journal = await clients.stop();
      const { acknowledged, sent, unanswered } = journal;
      console.log(`${acknowledged.length} orders in ${sent} requests, ${unanswered} without an answer`);
      await the.requireOrders(journal, symbol);

      const asked = await the.stored(`select coalesce(json_agg(json_build_object('key', idempotency_key, 'id', id,
        'state', state, 'entries', (select count(*) from exchange_book where order_id = orders.id))), '[]')
        from orders where symbol = '${symbol}'`);
      const byKey = (one: { readonly key: string }, other: { readonly key: string }) => (one.key < other.key ? -1 : 1);
      const expected = acknowledged.map(({ key, ids }) => ({
        key,
        id: [...ids].join(),
        state: "executed",
        entries: 1,
      }));
      expect(rows.parse(JSON.parse(asked)).toSorted(byKey)).toEqual(expected.toSorted(byKey));
      await requireConsistent(the);
    });

    test("both backends took orders of that one session, both workers executed some, and none of them one twice", async () => {
      const known = new Set((await the.stored(`select id from orders where symbol = '${symbol}'`)).split("\n"));
      for (const [component, event] of [
        ["backend", "order_placed"],
        ["worker", "order_executed"],
      ] as const) {
        const each = await Promise.all((await running(component)).map((one) => ordersIn(one, event)));
        const own = each.map((ids) => ids.filter((id) => known.has(id)));
        console.log(`${component}s: ${own.map((ids) => ids.length).join(" and ")} orders`);
        for (const ids of own) expect(ids.length).toBeGreaterThan(known.size / 10);
        // One that was killed may not have written its last.
        expect(new Set(own.flat()).size).toBe(own.flat().length);
      }
    });
  },
  settings,
);
