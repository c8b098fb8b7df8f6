import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { at, list } from "../../../support/json.ts";
import { until } from "../../../support/process.ts";
import { linesOf } from "../../logging/stored.ts";
import { type OrderJournal, startOrderClients } from "../../support/order-clients.ts";
import type { TradingDev } from "../trading-dev.ts";

/** At `--size=issue` the issue's figures. */
const isIssue = process.env.TEST_SIZE === "issue";
const kills = isIssue ? 100 : 4;
const secondsWithoutLoki = isIssue ? 60 : 15;
const secondsWithoutNetwork = isIssue ? 30 : 8;
const symbol = "BROKEN";

/** Orders while what they need fails, and what is left of them when all has ended at once. */
export function ordersSurvive(the: TradingDev): void {
  let journal: OrderJournal | undefined;
  const lines = (query: string) => linesOf(`http://${the.dev.address}:3100`, query);

  test("orders of several clients: none is lost or doubled while backend, database, network and Loki fail", async () => {
    const { breaking } = the;
    const clients = startOrderClients(the.api, await the.token(), symbol);
    const loki = await breaking.container("loki");
    await loki.stop({ t: 5 });
    const lokiBack = delay(1000 * secondsWithoutLoki).then(() => loki.start());

    for (let count = 0; count < kills; count += 1) {
      await breaking.killed(["backend"]);
      // Longer than ten seconds, and Docker forgets how often it has started it: it waits twice as long each time.
      await delay(isIssue ? 11_000 * Math.random() : 1000 * Math.random());
    }
    await (await breaking.container("database")).restart({ t: 10 });
    await breaking.untilWell("database");

    const network = the.docker.getNetwork("trading-platform-dev-database");
    const { id: backend } = await breaking.of("backend");
    await network.disconnect({ Container: backend });
    await delay(1000 * secondsWithoutNetwork);
    // Whether it lives is not asked of the database: nobody starts it anew.
    expect((await fetch(`http://${the.dev.address}:8000/api/v1/health/live`)).status).toBe(200);
    const before = clients.placed();
    await network.connect({ Container: backend });
    await until("orders are placed again", async () => (clients.placed() > before + 8 ? true : undefined));

    journal = await clients.stop();
    await lokiBack;
    const { sent, unanswered, acknowledged } = journal;
    console.log(`${kills} kills: ${acknowledged.length} orders in ${sent} requests, ${unanswered} without an answer`);
    expect(unanswered).toBeGreaterThan(0);
    await the.requireOrders(journal, symbol);
  });

  test("lines that were written without Loki arrive when it is back", async () => {
    const ids = (journal?.acknowledged ?? []).slice(0, 20).map(({ correlationId }) => correlationId);
    const found = await until("the first orders' lines are stored", async () => {
      const stored = await lines(`{stack="dev"} |~ "${ids.join("|")}"`);
      return ids.every((id) => stored.some(({ line }) => line.includes(id))) ? stored : undefined;
    });
    expect(ids).toHaveLength(20);
    expect(found.length).toBeGreaterThanOrEqual(20);
  });

  test("when all end at once they come back by themselves, and what was stored is there", async () => {
    const when = Date.now() / 1000;
    await the.breaking.killed((await the.breaking.now()).map(({ component }) => component));
    await the.untilAnswered("/orders?limit=1");
    await the.requireOrders(journal ?? expect.unreachable(), symbol);
    const query = new URLSearchParams({ query: 'up{job="backend"}', time: String(when) });
    expect(list(at(await the.measured(`/api/v1/query?${query}`), "data", "result"))).toHaveLength(1);
    const [{ correlationId } = expect.unreachable()] = journal?.acknowledged ?? [];
    const found = await until("Loki answers", () => lines(`{stack="dev"} |= "${correlationId}"`));
    expect(found.length).toBeGreaterThan(0);
  });

  // After all were killed, Prometheus among them: the backend's address of before, of which nobody said that it is gone,
  // must not stand for the one that hangs.
  test("a backend that hangs: nobody starts it again on Docker, people are paged, and it goes on where it was", async () => {
    const { breaking } = the;
    const since = new Date();
    const { startedAt } = await breaking.of("backend");
    await breaking.signal("backend", "SIGSTOP");
    try {
      await until(
        "somebody is paged",
        async () => ((await the.told(since, "pagerduty")).includes("BackendDown") ? true : undefined),
        // Worst is a minute, on a machine that has nothing else to do.
        { timeoutSeconds: 240 },
      );
      await until("its check fails", async () => ((await breaking.of("backend")).isWell ? undefined : true));
    } finally {
      await breaking.signal("backend", "SIGCONT");
    }
    await breaking.untilWell("backend");
    expect((await breaking.of("backend")).startedAt).toBe(startedAt);
    await the.untilAnswered("/orders?limit=1");
  });
}
