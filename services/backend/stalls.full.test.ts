import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLoad } from "../../tests/e2e/support/load.ts";
import { balance, startOrderClients, storedOrders } from "../../tests/e2e/support/order-clients.ts";
import { eventually, logIn, startProcess, type TestProcess, testConfiguration } from "./testing/backend.ts";
import { startedServers } from "./testing/servers.ts";

const servers = await startedServers();

/** Milliseconds that writes hang: longer than the database may take, shorter than that twice. */
const stall = 7_500;

describe.skipIf(servers === undefined)("a database that reads, and whose writes hang for a while", () => {
  let processes: readonly TestProcess[] = [];
  let url = "";
  let token = "";
  beforeAll(async () => {
    if (servers === undefined) return;
    const stores = { database: servers.postgres.configuration, cache: servers.redis.configuration };
    processes = await Promise.all([startProcess("backend", stores), startProcess("worker", stores)]);
    url = processes[0]?.url ?? "";
    token = await logIn(url, "admin", testConfiguration.adminPassword);
  });
  afterAll(async () => {
    await Promise.all(processes.map((each) => each.stop()));
    await servers?.stop();
  });

  /** On a connection of its own, one statement after the other. */
  async function connected(action: (run: (sql: string) => Promise<unknown>) => Promise<void>): Promise<void> {
    const { host, port, user, name } = servers?.postgres.configuration ?? expect.unreachable();
    const client = new pg.Client({ host, port, user, database: name });
    await client.connect();
    await action((sql) => client.query(sql));
    await client.end();
  }

  const lock = () =>
    connected(async (run) => {
      await run("begin");
      await run("lock table outbox in access exclusive mode");
      await delay(stall);
      await run("commit");
    });
  /** As a disk that does not take the log: whoever commits waits, here for a standby that is not there. */
  const disk = () =>
    connected(async (run) => {
      await run("alter system set synchronous_standby_names = 'nobody'");
      await run("select pg_reload_conf()");
      await delay(stall);
      await run("alter system reset synchronous_standby_names");
      await run("select pg_reload_conf()");
    });

  test.each([
    ["a lock", "LOCK", lock, "canceling statement due to statement timeout"],
    ["a disk", "DISK", disk, "Query read timeout"],
  ])(
    "%s: customers hear so in time, health goes on, no order is lost or doubled, and the log says which it was",
    async (_, symbol, hang, cause) => {
      // Three, who send twice at once now and then: two of the pool's eight connections are left for who asks for health.
      const [clients, load] = [startOrderClients(url, token, symbol, 3), startLoad(`${url}/health`, 8, 40)];
      await load.reach(40);
      await hang();
      await load.reach(load.sent() + 40);
      const [{ failures }, journal] = [await load.stop(), await clients.stop()];
      expect(failures).toEqual([]);
      expect(journal.reasons.length).toBeGreaterThan(0);
      for (const reason of journal.reasons) expect(reason).toMatch(/Z 503 .*the database does not answer; try again/);
      const stored = await eventually(
        () => storedOrders(url, token, symbol),
        (orders) => orders.every(({ state }) => state === "executed"),
      );
      expect(balance(journal, stored)).toEqual({ lost: 0, doubled: 0 });
      const told = processes[0]?.lines.filter(({ event }) => event === "unavailable") ?? [];
      expect(JSON.stringify(told)).toContain(cause);
    },
  );
});
