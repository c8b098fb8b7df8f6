import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { freePort } from "../../../cli/open/free-port.ts";
import { eventually, testConfiguration } from "../testing/backend.ts";
import { startedServers } from "../testing/servers.ts";
import { connectionOf } from "./database.ts";
import { DatabaseUnusable, migrate, SchemaTooNew } from "./migrate.ts";
import { migrations } from "./migrations/index.ts";

const servers = await startedServers();

describe.skipIf(servers === undefined)("migrations on a real database", () => {
  const identity = () => {
    if (servers === undefined) throw new Error("no database");
    return { ...testConfiguration, service: "backend" as const, database: servers.postgres.configuration };
  };
  const query = async (sql: string) => {
    const client = new pg.Client(connectionOf(identity()));
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  afterAll(() => servers?.stop());

  test("instances that start at once apply each one once", async () => {
    const applied = await Promise.all(Array.from({ length: 6 }, () => migrate(identity(), migrations)));
    expect(applied.flat().sort()).toEqual(migrations.map(({ name }) => name).sort());
    expect(await query("select version from schema_migrations order by version")).toEqual(
      migrations.map(({ version }) => ({ version })),
    );
    expect(await migrate(identity(), migrations)).toEqual([]);
  });

  test("a database that waiting does not bring says what must be changed", async () => {
    const { database, ...rest } = identity();
    const asking = (changes: object) => migrate({ ...rest, database: { ...database, ...changes } }, migrations);
    await expect(asking({ name: "nowhere" })).rejects.toThrow(/no database "nowhere"; .* DATABASE_NAME/);
    await expect(asking({ user: "nobody" })).rejects.toThrow(/refuses the user "nobody": .*DATABASE_USER/);
    for (const changes of [{ name: "nowhere" }, { user: "nobody" }]) {
      await expect(asking(changes)).rejects.toThrow(DatabaseUnusable);
    }
    // A server that is not there yet may come.
    const away = await freePort();
    await expect(asking({ port: away })).rejects.not.toThrow(DatabaseUnusable);
  });

  test("one that fails leaves nothing, and comes again", async () => {
    const next = { version: 100, name: "next", safeSince: 1 };
    const broken = { ...next, sql: "create table half (n int); select no_such_function()" };
    const failing = migrate(identity(), [...migrations, broken]);
    await expect(failing).rejects.toThrow(/migration 100 \(next\) cannot be applied: .*no_such_function/);
    await expect(failing).rejects.toThrow(DatabaseUnusable);
    expect(await query("select to_regclass('half') as half")).toEqual([{ half: null }]);
    expect(await migrate(identity(), [...migrations, { ...next, sql: "create table half (n int)" }])).toEqual(["next"]);
  });

  test("an index is built while rows are written, also where one was broken off", async () => {
    await query("create table written (n int)");
    const indexed = { version: 98, name: "indexed", safeSince: 1, indexes: [{ name: "by_n", on: "written (n)" }] };
    const writer = new pg.Client(connectionOf(identity()));
    await writer.connect();
    await writer.query("begin; insert into written values (1)");
    const applied = migrate(identity(), [...migrations, indexed]);
    await eventually(
      () => query("select 1 from pg_stat_progress_create_index where phase = 'waiting for writers before build'"),
      (rows) => rows.length === 1,
    );
    // It waits for those who wrote before it; who writes now waits for nobody.
    await query("set statement_timeout = '5s'; insert into written values (2)");
    await writer.query("commit");
    await writer.end();
    expect(await applied).toEqual(["indexed"]);
    const isValid = "select indisvalid as good from pg_index where indexrelid = 'by_n'::regclass";
    expect(await query(isValid)).toEqual([{ good: true }]);
    await query("update pg_index set indisvalid = false where indexrelid = 'by_n'::regclass");
    await query("delete from schema_migrations where version = 98");
    expect(await migrate(identity(), [...migrations, indexed])).toEqual(["indexed"]);
    expect(await query(isValid)).toEqual([{ good: true }]);
    await query("delete from schema_migrations where version = 98");
  });

  test("after a rollback: a release runs on a later schema that says so, and on no other", async () => {
    expect(await migrate(identity(), migrations)).toEqual([]);
    const breaking = { version: 101, name: "breaking", safeSince: 101, sql: "select 1" };
    const later = { version: 100, name: "next", safeSince: 100, sql: "" };
    await migrate(identity(), [...migrations, later, breaking]);
    await expect(migrate(identity(), migrations)).rejects.toThrow(SchemaTooNew);
  });

  test("what was migrated before migrations said since when they are safe spoke of one release back", async () => {
    await query("alter table schema_migrations drop column safe_since");
    await query("delete from schema_migrations where version = 101");
    await query(`update schema_migrations set version = ${migrations.length + 1} where version = 100`);
    expect(await migrate(identity(), migrations)).toEqual([]);
    await expect(migrate(identity(), migrations.slice(0, -1))).rejects.toThrow(SchemaTooNew);
  });
});
