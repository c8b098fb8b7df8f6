import { expect, test } from "vitest";
import { at, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { startLoad } from "../support/load.ts";
import { requireDeclaredPorts, requireGatewayAlone, requireNoTraces } from "./exposure.ts";
import { stalledClients } from "./stalled.ts";
import { killsAtRandom, killsOneByOne } from "./suites/kills.ts";
import { ordersSurvive } from "./suites/orders.ts";
import { rotatesUnderLoad } from "./suites/rotation.ts";
import { staysSteady } from "./suites/steady.ts";
import { updateUnderLoad } from "./suites/update.ts";
import { withTradingDev } from "./trading-dev.ts";

const isIssue = process.env.TEST_SIZE === "issue";
const lastPort = isIssue ? 65_535 : 10_000;
const backtests = 6;
const addresses = { loopback: "127.0.77.9", public: "127.0.77.10" };

await withTradingDev("dev, broken in every way", addresses, (the) => {
  staysSteady(the);

  test("containers listen on what their specs say; from outside only the gateway's ports are there", async () => {
    await requireDeclaredPorts(await the.breaking.now());
    await requireGatewayAlone(the.publicAddress, lastPort);
  });

  test.each([
    ["POST", "/webhooks/alerts"],
    ["GET", "/admin/users"],
    ["PUT", "/admin/log-level"],
    ["PUT", "/admin/faults"],
    ["GET", "/incidents"],
  ])("%s %s asks who it is, and is not there for customers", async (method, path) => {
    const status = async (base: string) => (await fetch(`${base}/api/v1${path}`, { method })).status;
    expect(await status(`http://${the.dev.address}:8000`)).toBe(401);
    expect([401, 404]).toContain(await status(`http://${the.publicAddress}`));
  });

  ordersSurvive(the);
  killsOneByOne(the);
  killsAtRandom(the);

  test("Redis loses everything: what was queued is queued again", async () => {
    const worker = await the.breaking.container("worker");
    await worker.stop({ t: 10 });
    const request = { symbol: "EMPTIED", fast: 5, slow: 20, days: 100 };
    for (let count = 0; count < backtests; count += 1) {
      expect((await the.asked("/backtests", { method: "POST", body: request })).status).toBe(202);
    }
    const flush = await (await the.breaking.container("cache")).exec({
      Cmd: ["redis-cli", "FLUSHALL"],
      AttachStdout: true,
    });
    await flush.start({});
    await worker.start();
  });

  test("the backtests that Redis had lost are finished", async () => {
    const finished = await until("all backtests are finished", async () => {
      const found = list(at(await (await the.asked("/backtests?limit=100")).json(), "backtests"));
      const states = found.filter((one) => at(one, "symbol") === "EMPTIED").map((one) => at(one, "state"));
      return states.every((state) => state === "finished") ? states : undefined;
    });
    expect(finished).toHaveLength(backtests);
  });

  test("clients that stall, and requests that are too large, harm nobody else", async () => {
    const stalled = stalledClients(the.publicAddress, 80, 300);
    const load = startLoad(`${the.api}/health`, 8, 50);
    const large = Array.from({ length: 20 }, () =>
      fetch(`${the.api}/orders`, { method: "POST", body: "x".repeat(4 * 2 ** 20) }).then(
        ({ status }) => status,
        () => "broken off",
      ),
    );
    await load.reach(300);
    expect((await load.stop()).failures).toEqual([]);
    for (const status of await Promise.all(large)) expect([413, "broken off"]).toContain(status);
    await stalled.ended;
  });

  updateUnderLoad(the);

  test("after all that, no secret stands anywhere that it must not", async () => {
    await requireNoTraces(the.docker, the.saidByUp);
  });

  rotatesUnderLoad(the);
});
