import { connect as connectTo, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../cli/open/free-port.ts";
import type { CacheConfiguration } from "../configuration.ts";
import { eventually, testConfiguration } from "../testing/backend.ts";
import { startedServers } from "../testing/servers.ts";
import { openCache } from "./cache.ts";
import { type Queue, queueIn } from "./queue.ts";
import { StorageUnavailable } from "./unavailable.ts";

const servers = await startedServers();
/** Far more than a few answers of Redis take, on a machine that does other things too. */
const deadAfter = 1_000;

describe.skipIf(servers === undefined)("the queue of backtests", () => {
  const connections: Redis[] = [];
  let queue: Queue;
  let redis: Redis;
  beforeAll(async () => {
    if (servers === undefined) return;
    redis = await connect("commands");
    queue = queueIn(redis, await connect("blocking"), deadAfter);
  });
  const connect = async (purpose: "commands" | "blocking", changes: Partial<CacheConfiguration> = {}) => {
    if (servers === undefined) throw new Error("no Redis");
    const cache = { ...servers.redis.configuration, ...changes };
    const connection = openCache({ ...testConfiguration, cache, service: "worker" }, () => {}, purpose);
    connections.push(connection);
    await new Promise((resolve) => connection.once("ready", resolve));
    return connection;
  };
  afterEach(() => redis?.flushall());
  afterAll(async () => {
    for (const connection of connections) connection.disconnect();
    await servers?.stop();
  });

  test("each job is one worker's; what is done is gone", async () => {
    await queue.add("first", "correlation-1");
    await queue.add("second", "correlation-2");
    expect(await queue.waiting()).toBe(2);
    const [one, other] = [await queue.take("a", 10), await queue.take("b", 10)];
    expect(one).toMatchObject({ backtest: "first", correlationId: "correlation-1" });
    expect(other).toMatchObject({ backtest: "second", correlationId: "correlation-2" });
    expect(await queue.waiting()).toBe(0);
    expect(await queue.backtests()).toEqual(new Set(["first", "second"]));
    expect(await queue.take("c", 10)).toBeUndefined();
    for (const job of [one, other]) if (job !== undefined) await queue.done(job);
    expect(await queue.backtests()).toEqual(new Set());
    await delay(deadAfter + 50);
    expect(await queue.take("c", 10)).toBeUndefined();
  });

  test("an id that could end a statement's comment is replaced", async () => {
    await queue.add("job", "x' */ or true /*");
    expect(await queue.take("a", 10)).toMatchObject({ correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  test("a dead worker's job is another's; a living one keeps its own", async () => {
    await queue.add("job", "correlation-1");
    const job = await queue.take("a", 10);
    if (job === undefined) throw new Error("nothing was taken");
    for (let time = 0; time < 4; time++) {
      await delay(deadAfter / 2);
      await queue.keep("a", job);
      expect(await queue.take("b", 10)).toBeUndefined();
    }
    await delay(deadAfter + 50);
    expect(await queue.take("b", 10)).toEqual(job);
  });

  test("a connection on which nothing comes any more is made anew", async () => {
    let deaf = true;
    // As a firewall that has forgotten a connection: it stays open, and what is sent is gone.
    const between = createServer((client) => {
      const server = connectTo(servers?.redis.configuration.port ?? 0, "127.0.0.1");
      server.on("error", () => {}).on("close", () => client.destroy());
      client.on("error", () => {}).on("close", () => server.destroy());
      client.on("data", (data) => (deaf && data.includes("xreadgroup") ? server.pause() : server.write(data)));
      server.on("data", (data) => client.write(data));
    });
    const port = await freePort();
    await new Promise<void>((resolve) => between.listen(port, "127.0.0.1", resolve));
    const lossy = queueIn(redis, await connect("blocking", { port }), deadAfter);
    await expect(lossy.take("a", 10)).rejects.toThrow(StorageUnavailable);
    deaf = false;
    await queue.add("job", "correlation-1");
    const job = await eventually(
      () => lossy.take("a", 10).catch(() => undefined),
      (taken) => taken !== undefined,
    );
    expect(job).toMatchObject({ backtest: "job" });
    between.close();
  });

  test("nothing is there: it waits no longer than it is told, and takes what comes meanwhile", async () => {
    expect(await queue.take("a", 20)).toBeUndefined();
    const taking = queue.take("a", 5_000);
    await queue.add("late", "correlation-1");
    expect(await taking).toMatchObject({ backtest: "late" });
  });
});
