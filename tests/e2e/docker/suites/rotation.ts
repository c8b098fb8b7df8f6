import pg from "pg";
import { expect, test } from "vitest";
import { developerHome, keptSecrets } from "../../../../cli/engine/developer/home.ts";
import { openRotation } from "../../../../cli/secrets/rotation/ground.ts";
import { rotate } from "../../../../cli/secrets/rotation/rotate.ts";
import { startLoad } from "../../support/load.ts";
import { startOrderClients } from "../../support/order-clients.ts";
import type { TradingDev } from "../trading-dev.ts";

const requests = process.env.TEST_SIZE === "issue" ? 20_000 : 2_000;
const symbol = "ROTATED";

/** `./platform secrets rotate dev database-password`, while customers read and place orders. */
export function rotatesUnderLoad(the: TradingDev): void {
  test("the database's password is rotated under load: no request fails, every order is there once, the old one is refused", async () => {
    const before = String((await keptSecrets(developerHome())).databasePassword);
    expect(await refusal(the.dev.address, before)).toBeUndefined();
    const clients = startOrderClients(the.api, await the.token(), symbol);
    const load = startLoad(`${the.api}/health`, 16, 120);
    await load.reach(requests / 4);
    const begun = performance.now();
    const ground = await openRotation("dev", async () => {
      const { refusal, printed } = await the.dev.run("up");
      if (refusal !== undefined) throw new Error(`${refusal}\n${printed}`);
    });
    await rotate(ground).finally(() => ground.close());
    const seconds = Math.round((performance.now() - begun) / 1000);
    await load.reach(Math.max(load.sent() + requests / 4, requests));
    const [{ sent, failures, slowest }, journal] = [await load.stop(), await clients.stop()];
    console.log(
      `rotation of the database's password, ${seconds} s: ${sent} requests and ${journal.sent} for ` +
        `${journal.acknowledged.length} orders, ${failures.length + journal.unanswered} failed, slowest ${slowest} ms`,
    );
    expect(failures).toEqual([]);
    expect(journal.unanswered).toBe(0);
    expect(await refusal(the.dev.address, before)).toContain("authentication failed");
    await the.requireOrders(journal, symbol);
  });
}

/** What the database says to who comes by the first login; undefined where it lets him in. */
async function refusal(host: string, password: string): Promise<string | undefined> {
  const client = new pg.Client({ host, user: "trading", database: "trading", password });
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end();
  }
}
