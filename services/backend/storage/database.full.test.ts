import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, testConfiguration } from "../testing/backend.ts";
import { startedServers } from "../testing/servers.ts";
import { type Database, openDatabase } from "./database.ts";
import { StorageUnavailable } from "./unavailable.ts";

const servers = await startedServers();

describe.skipIf(servers === undefined)("the pool of connections", () => {
  let database: Database;
  beforeAll(() => {
    if (servers === undefined) return;
    database = openDatabase(
      { ...testConfiguration, service: "backend", database: servers.postgres.configuration },
      () => {},
    );
  });
  afterAll(async () => {
    await database?.close();
    await servers?.stop();
  });

  // Unheard, the error of a connection ends the process: vitest fails the run for it.
  test("a connection lost between two statements of a transaction fails that transaction alone", async () => {
    await database.query("create table kept (n int)");
    const lost = database.transaction(async (query) => {
      const [own] = await query<{ pid: number }>("select pg_backend_pid() as pid");
      await query("insert into kept values (1)");
      await database.query("select pg_terminate_backend($1)", [own?.pid]);
      await eventually(
        () => database.query("select 1 from pg_stat_activity where pid = $1", [own?.pid]),
        (rows) => rows.length === 0,
      );
      await query("insert into kept values (2)");
    });
    await expect(lost).rejects.toThrow(StorageUnavailable);
    expect(await database.transaction((query) => query("select n from kept"))).toEqual([]);
    // The other one has been kept, the lost one has not.
    expect(database.connections()).toEqual({ total: 1, idle: 1, waiting: 0 });
  });
});
