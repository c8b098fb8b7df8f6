import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Stores } from "../storage/stores.ts";
import { eventually, recordedLog, testConfiguration } from "../testing/backend.ts";
import { startedServers } from "../testing/servers.ts";
import { openedStores } from "../testing/stores.ts";
import { refillTurn } from "./refill-turn.ts";

const servers = await startedServers();
/** Far more than two looks of four workers take, on a machine that does other things too. */
const silence = 1_500;
const aborted = new AbortController().signal;

describe.skipIf(servers === undefined)("backtests that lost their entry", () => {
  let stores: Stores;
  let redis: Redis;
  let userId: string;
  const { log, lines } = recordedLog({ ...testConfiguration, service: "worker" });
  beforeAll(async () => {
    if (servers === undefined) return;
    ({ stores, userId } = await openedStores(servers));
    const { port, password } = servers.redis.configuration;
    redis = new Redis({ port, password });
    await eventually(
      () => stores.pingCache().catch(() => "away"),
      (answer) => answer === "PONG",
    );
  });
  afterAll(async () => {
    await stores?.close();
    redis?.disconnect();
    await servers?.stop();
  });

  const add = async (): Promise<string> =>
    (await stores.backtests.add(userId, { symbol: "ACME", fast: 5, slow: 20, days: 100 })).id;
  /** As four workers at once do. */
  const look = () => Promise.all(Array.from({ length: 4 }, () => refillTurn({ ...stores, log, silence })(aborted)));
  const take = async (): Promise<readonly string[]> => {
    const job = await stores.queue.take("a", 20);
    if (job === undefined) return [];
    return [job.backtest, ...(await take())];
  };

  test("each comes once, by one of several workers; what waits, runs or is done does not", async () => {
    const [queued, running, finished] = [await add(), await add(), await add()];
    for (const id of [running, queued]) await stores.queue.add(id, "refill-test");
    expect((await stores.queue.take("a", 20))?.backtest).toBe(running);
    for (const id of [running, finished]) await stores.backtests.start(id);
    const result = { returnPercent: 1, drawdownPercent: 1, trades: 1, holdPercent: 1 };
    await stores.backtests.finish(finished, result);
    const lost = await Promise.all([add(), add(), add()]);
    await delay(silence + 50);
    // Not silent yet: who stored it is about to queue it.
    await add();
    await look();
    await look();
    expect((await take()).toSorted()).toEqual([queued, ...lost].toSorted());
    expect(lines.map(({ event, backtest_id }) => [event, backtest_id]).sort()).toEqual(
      lost.map((id) => ["backtest_refilled", id]).sort(),
    );
  });

  test("when Redis has lost everything, everything that is open comes again, once", async () => {
    const open = (await stores.backtests.list({ limit: 100 })).filter(({ state }) => state !== "finished");
    expect(open.map(({ state }) => state)).toContain("running");
    await redis.flushall();
    await delay(silence + 50);
    await look();
    expect((await take()).toSorted()).toEqual(open.map(({ id }) => id).toSorted());
  });

  test("who took it and died before it was queued: it comes again", async () => {
    await redis.flushall();
    await delay(silence + 50);
    const silent = await stores.backtests.silent(silence);
    expect(await stores.backtests.takeSilent(silent, silence)).toHaveLength(silent.length);
    await look();
    expect(await take()).toEqual([]);
    await delay(silence + 50);
    await look();
    expect((await take()).toSorted()).toEqual(silent.toSorted());
  });
});
