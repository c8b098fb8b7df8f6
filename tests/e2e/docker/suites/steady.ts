import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { at, list } from "../../../support/json.ts";
import { startLoad } from "../../support/load.ts";
import { startOrderClients } from "../../support/order-clients.ts";
import { errorLines, grown, leastUsedBy, steadyTable, storedCauses, storedErrors } from "../steady.ts";
import type { TradingDev } from "../trading-dev.ts";

const isIssue = process.env.TEST_SIZE === "issue";
/** Seconds of mixed load, until memory and handles are first counted, and after that. */
const soak = isIssue ? { warm: 600, lasts: 1200 } : { warm: 15, lasts: 30 };

/** At a component's memory, at each end; at the issue's size two minutes. */
const looks = isIssue ? 13 : 1;

/** Mixed load on a dev that nobody breaks. */
export function staysSteady(the: TradingDev): void {
  test("under mixed load no alert fires, nobody writes an error, and neither memory nor handles grow", async () => {
    const begun = new Date();
    const loki = `http://${the.dev.address}:3100`;
    const clients = startOrderClients(the.api, await the.token(), "STEADY");
    const load = startLoad(`${the.api}/health`, 8, 40);
    await delay(1000 * soak.warm);
    const [since, start] = [new Date(), await leastUsedBy(the.docker, looks)];
    await delay(1000 * soak.lasts);
    const end = await leastUsedBy(the.docker, looks);
    const [{ sent, failures, slowest }, { acknowledged, reasons }] = [await load.stop(), await clients.stop()];
    console.log(
      `${soak.lasts} s of mixed load after ${soak.warm} s: ${sent} requests, ${failures.length} failed, ` +
        `slowest ${slowest} ms, ${acknowledged.length} orders\n${steadyTable(start, end)}`,
    );
    expect.soft(failures).toEqual([]);
    const causes = reasons.length === 0 ? [] : await storedCauses(loki, begun);
    expect.soft(reasons, causes.join("\n")).toEqual([]);
    if (isIssue) expect.soft(grown(start, end, soak.lasts)).toEqual([]);
    expect.soft([...(await errorLines(the.docker, since)), ...(await storedErrors(loki, since))]).toEqual([]);
    // The machine's CPU, memory and disk are not this stack's alone.
    const fired = `ALERTS{alertstate="firing",service!="node-exporter"}[${Math.ceil((Date.now() - since.getTime()) / 1000)}s]`;
    const query = new URLSearchParams({ query: `max by (alertname) (max_over_time(${fired}))` });
    const alerts = list(at(await the.measured(`/api/v1/query?${query}`), "data", "result"));
    expect.soft(alerts.map((alert) => at(alert, "metric", "alertname"))).toEqual([]);
  });
}
