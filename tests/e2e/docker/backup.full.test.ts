import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RestoreRequest } from "../../../cli/backup/request.ts";
import { type Restored, restore } from "../../../cli/backup/restore.ts";
import { backUpNow, containerOf, listBackups } from "../../../cli/backup/stack.ts";
import { containersOf, type DockerStack } from "../../../cli/docker/daemon.ts";
import { runIn } from "../../../cli/docker/exec.ts";
import { type Api, openApi } from "../../../cli/drill/api.ts";
import { developerHome } from "../../../cli/engine/developer/home.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { at, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { settingsOf } from "../../support/stacks.ts";
import { type DevStack, firstUp, makeDevStack } from "./dev-stack.ts";

const daemon = await dockerDaemon();

/** What writes orders, what keeps them, and the way in. */
const there = ["database", "backup", "cache", "backend", "gateway"];
const all = membersOf(describePlatform(settingsOf("dev"))).filter(isWorkload);
const without = all.map(({ name }) => name).filter((name) => !there.includes(name));

const atIssueSize = process.env.TEST_SIZE === "issue";
const orders = atIssueSize ? 60 : 20;
/** Rows beside the orders, so that the folder is worth a restore. */
const ballast = atIssueSize ? 1_000_000 : 20_000;

describe.skipIf(daemon === undefined)("dev's own database, backed up and restored", { timeout: 600_000 }, () => {
  let dev: DevStack;
  let stack: DockerStack;
  let api: Api;
  const docker = (): Docker => daemon?.docker ?? expect.unreachable();

  /** By the socket in the database's container: one text a row. */
  const sql = async (text: string): Promise<readonly string[]> => {
    const database = await containerOf(stack, "database");
    const words = ["psql", "--no-psqlrc", "-qAtX", "-U", "trading", "-d", "trading", "-c", text];
    return (await runIn(database, words)).split("\n").filter((line) => line !== "");
  };

  /** Every row of every table, as text. */
  async function everyRow(): Promise<Readonly<Record<string, readonly string[]>>> {
    const tables = await sql("select tablename from pg_tables where schemaname = 'public' order by 1");
    const rows = tables.map(
      async (table) => [table, await sql(`select t::text from "${table}" t order by 1`)] as const,
    );
    return Object.fromEntries(await Promise.all(rows));
  }

  const run = (request: RestoreRequest): Promise<Restored> =>
    restore(stack, request, (_what, _estimate, action) => action(), new AbortController().signal);

  const order = async (): Promise<void> => {
    const { status } = await api.backend("POST", "/orders", { symbol: "ACME", side: "buy", quantity: 1 });
    expect(status).toBe(201);
  };
  const ordersSeen = async (): Promise<number> => {
    const answer = await api.backend("GET", `/orders?limit=${orders}`);
    return answer.status === 200 ? list(at(await answer.json(), "orders")).length : Number.NaN;
  };

  const proven = (after = ""): Promise<string> =>
    until(
      "a proven backup",
      async () => (await listBackups(stack)).find(({ startedAt, provenAt }) => provenAt && startedAt > after)?.id,
      { timeoutSeconds: 240 },
    );

  beforeAll(async () => {
    if (daemon === undefined) return;
    dev = await makeDevStack(daemon, "127.0.77.6");
    await dev.settings({ "trading-platform:without": without });
    const { printed, refusal } = await dev.run("up");
    expect(refusal, printed).toBeUndefined();
    stack = { docker: docker(), stack: "dev", workloads: all };
    const inBackend = async (words: readonly string[]) => runIn(await containerOf(stack, "backend"), words);
    api = openApi((_, port) => `http://${dev.address}:${port}`, inBackend, settingsOf("dev"));
    await sql(`create table ballast as select n, md5(n::text) as text from generate_series(1, ${ballast}) n`);
  }, firstUp);
  afterAll(async () => {
    await dev?.remove();
    await daemon?.release();
  }, 180_000);

  test("is backed up and proven by itself, as a user that may replicate and no more", async () => {
    await proven();
    const metrics = await runIn(await containerOf(stack, "backup"), ["wget", "-qO-", "http://127.0.0.1:8083/metrics"]);
    expect(metrics).toMatch(/^backup_last_proven_timestamp_seconds [1-9]/m);
    expect(metrics).toMatch(/^backup_failures_total 0$/m);
    expect(
      await sql("select rolsuper, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = 'backup'"),
    ).toEqual(["f|f|f|t"]);
    expect(
      await sql("select count(*) from pg_stat_replication where usename = 'backup' and state = 'streaming'"),
    ).toEqual(["1"]);
  });

  let good: Awaited<ReturnType<typeof everyRow>>;
  let time: string;
  let restoredAfter: string;

  test("orders come, a backup is taken when somebody asks, and more orders come", async () => {
    for (let count = 0; count < orders / 2; count += 1) await order();
    const taken = await backUpNow(stack);
    expect(taken.provenAt).toBeTruthy();
    for (let count = 0; count < orders / 2; count += 1) await order();
    good = await everyRow();
    expect(good.orders).toHaveLength(orders);
    await delay(20);
    [time = ""] = await sql(`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
    await delay(20);
    await sql("delete from outbox; delete from orders; drop table ballast");
    expect(await ordersSeen()).toBe(0);
  });

  test.each([
    { name: "without --force", request: () => ({ at: time, force: false }), says: /holds a database: --force puts/ },
    { name: "a time to come", request: () => ({ at: "2999-01-01T00:00:00Z", force: true }), says: /is in the future/ },
    { name: "a time that is none", request: () => ({ at: "noon", force: true }), says: /"noon" is no time/ },
  ])("what can be refused at once is, and the database never stops: $name", async ({ request, says }) => {
    const startedAt = async () => (await (await containerOf(stack, "database")).inspect()).State.StartedAt;
    const before = await startedAt();
    await expect(run(request())).rejects.toThrow(says);
    expect(await startedAt()).toBe(before);
  });

  test("a damaged backup is refused with its name, and the database that was there runs on", async () => {
    const backup = await containerOf(stack, "backup");
    const each = (what: string) =>
      runIn(backup, ["sh", "-c", `for file in /var/lib/backup/archive/*/base/*/base.tar.gz.age; do ${what}; done`]);
    await each('cp "$file" "$file.kept"; printf x | dd of="$file" bs=1 seek=5000 conv=notrunc 2> /dev/null');
    const before = await everyRow();
    await expect(run({ at: time, force: true })).rejects.toThrow(
      /^\/var\/lib\/backup\/archive\/.*base\.tar\.gz\.age is damaged: .*$/,
    );
    expect(await everyRow()).toEqual(before);
    await each('mv "$file.kept" "$file"');
  });

  test("is restored to the time before, to the row, while the backend runs", async () => {
    const ids = async () => (await containersOf(stack)).map(({ Id }) => Id).sort();
    const before = await ids();
    restoredAfter = new Date().toISOString();
    const { away, old } = await run({ at: time, force: true });
    console.log(`RTO: ${away} ms from stopped to healthy, ${orders} orders and ${ballast} other rows`);
    expect(await everyRow()).toEqual(good);
    expect(old).toMatch(/^\/var\/lib\/postgresql\/data\/pgdata\.before-/);
    await until("the backend sees the orders again", async () => ((await ordersSeen()) === orders ? true : undefined));
    // The very containers of before, and nothing beside them.
    expect(await ids()).toEqual(before);
  });

  test("killed under load, it comes back with what was committed just before", async () => {
    await proven(restoredAfter);
    await sql("create table marks (made timestamptz default clock_timestamp())");
    await until("the log is received", async () =>
      (await sql("select count(*) from pg_stat_replication where usename = 'backup'"))[0] === "1" ? true : undefined,
    );
    const marking = commitUntilGone(dev.address);
    await delay(3_000);
    await (await containerOf(stack, "database")).kill({ signal: "SIGKILL" });
    const committed = await marking;
    const { away } = await run({ force: true });
    const [kept] = (await sql("select count(*) from marks")).map(Number);
    const [[newest = 0] = []] = (await sql("select extract(epoch from max(made)) * 1000 from marks")).map((row) => [
      Number(row),
    ]);
    const lost = Math.max(0, (committed.at(-1) ?? 0) - newest);
    console.log(
      `RPO: ${lost} ms of commits missing (${kept} of ${committed.length} one after the other are there); RTO: ${away} ms`,
    );
    expect(kept).toBeGreaterThan(0);
  });
});

/** Commits one row after the other until the server is gone; when each of those that the client was told of was made. */
async function commitUntilGone(host: string): Promise<readonly number[]> {
  const { databasePassword } = JSON.parse(await readFile(developerHome().secretsFile, "utf8"));
  const client = new pg.Client({ host, user: "trading", database: "trading", password: databasePassword });
  client.on("error", () => {});
  await client.connect();
  const committed: number[] = [];
  try {
    for (;;) {
      const { rows } = await client.query("insert into marks default values returning made");
      committed.push(rows[0].made.getTime());
    }
  } catch {
    return committed;
  }
}
