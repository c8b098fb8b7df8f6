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

  test("a transaction whose server does not answer asks it for no rollback, and leaves that connection", {
    timeout: 30_000,
  }, async () => {
    const unanswered = database.transaction(async (query) => {
      const [own] = await query<{ pid: number }>("select pg_backend_pid() as pid");
      const pid = own?.pid ?? expect.unreachable();
      process.kill(pid, "SIGSTOP");
      // From here on it would answer again.
      await query("insert into kept values (3)").finally(() => process.kill(pid, "SIGCONT"));
    });
    await expect(unanswered).rejects.toThrow(StorageUnavailable);
    expect(database.connections()).toEqual({ total: 0, idle: 0, waiting: 0 });
    expect(await database.query("select n from kept")).toEqual([]);
  });
});
