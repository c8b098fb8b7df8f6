import { afterAll, describe, expect, test } from "vitest";
import { mostAttempts } from "../domain/backtest.ts";
import { testConfiguration } from "../testing/backend.ts";
import { startedServers } from "../testing/servers.ts";
import { backtestsIn } from "./backtests.ts";
import { openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations/index.ts";
import { usersIn } from "./users.ts";

const servers = await startedServers();

describe.skipIf(servers === undefined)("backtests", () => {
  afterAll(() => servers?.stop());

  test("one that comes to no result is failed once, with the reason", async () => {
    if (servers === undefined) throw new Error("no database");
    const identity = { ...testConfiguration, service: "worker" as const, database: servers.postgres.configuration };
    await migrate(identity, migrations);
    const database = openDatabase(identity, () => {});
    const backtests = backtestsIn(database);
    const user = await usersIn(database).add("ann", "", "trader");
    const { id } = await backtests.add(user?.id ?? "", { symbol: "ACME", fast: 5, slow: 20, days: 100 });
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      expect(await backtests.start(id)).toMatchObject({ kind: "started", request: { symbol: "ACME" } });
    }
    const reason = `begun ${mostAttempts} times without a result`;
    expect(await backtests.start(id)).toEqual({ kind: "failed", reason });
    expect(await backtests.find(id)).toMatchObject({ state: "failed", reason });
    expect(await backtests.start(id)).toEqual({ kind: "none" });
    await database.close();
  });
});
