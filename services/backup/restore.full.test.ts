import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { generateX25519Identity } from "age-encryption";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ground, madeGround, until } from "./testing/workload.ts";

const ground = await madeGround();
const rows = "select id, note, made from orders order by id";

if (ground === undefined) test.skip("a database and its backup: PostgreSQL is missing", () => {});
else describe("a database and its backup", { timeout: 600_000 }, () => proofs(ground));

function proofs({ query, command, ...on }: Ground): void {
  /** Whole seconds apart: a time between two states is neither's. */
  const now = async (): Promise<string> => {
    await delay(20);
    const [[time]] = (await query(
      "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    )) as [[string]];
    await delay(20);
    return time;
  };
  const add = (count: number, note: string) =>
    query("insert into orders (note) select $2 || n from generate_series(1, $1::int) n", [count, note]);
  const restore = async (...words: readonly string[]) => {
    await on.stopBackup();
    await on.stopDatabase();
    const ended = await command(["restore", "--data", on.data, ...words]);
    await on.startDatabase();
    return ended;
  };
  const list = async (): Promise<readonly Readonly<Record<string, string>>[]> =>
    JSON.parse((await command(["list"])).stdout);

  beforeAll(async () => {
    await on.startDatabase();
    await query("create table orders (id bigserial primary key, note text, made timestamptz default now())");
    await add(500, "before the first backup ");
    await on.startBackup();
    await until("a first backup is proven", async () => expect((await list())[0]?.provenAt, on.logged()).toBeTruthy());
    // Longer than `until` waits, so that what did not come is what is told.
  }, 300_000);
  afterAll(() => on.remove());

  test("is taken and proven by itself; that is measured; nothing of it can be read without the key", async () => {
    const scraped = await (await fetch(`http://127.0.0.1:${on.metricsPort}/metrics`)).text();
    const proven = Number(/^backup_last_proven_timestamp_seconds (\S+)$/m.exec(scraped)?.[1]);
    expect(proven).toBe(Date.parse((await list())[0]?.startedAt ?? "") / 1000);
    expect(scraped).toMatch(/^backup_failures_total 0$/m);
    const files = globSync("**/*.age", { cwd: on.archive });
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const content = readFileSync(join(on.archive, file));
      expect(content.subarray(0, 21).toString()).toBe("age-encryption.org/v1");
      expect(content.includes("before the first backup")).toBe(false);
    }
  });

  test("deleted rows come back, to the row, as of a time; what came later is kept beside", async () => {
    await add(300, "after the first backup ");
    const good = await query(rows);
    const time = await now();
    await query("delete from orders where id % 2 = 0");
    await query("drop table if exists others");
    const started = Date.now();
    const ended = await restore("--at", time, "--force");
    console.info(`RTO: ${Date.now() - started} ms from stopped to answering, 800 rows`);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(await query(rows)).toEqual(good);
    const { old }: { old: string } = JSON.parse(ended.stdout);
    expect(globSync(`${old}/PG_VERSION`)).toHaveLength(1);
  });

  /** Starts the backup, and waits until it has a proven one of what was restored. */
  async function startedWithNewBackup(): Promise<void> {
    const before = (await list()).length;
    await on.startBackup();
    await until("a backup of the restored database", async () => {
      const all = await list();
      expect(all.length).toBeGreaterThan(before);
      expect(all.at(-1)?.provenAt).toBeTruthy();
    });
  }

  test("goes on after a restore: a new backup by itself, and a way back to after it", async () => {
    await startedWithNewBackup();
    await add(50, "on the second timeline ");
    const good = await query(rows);
    const time = await now();
    await query("truncate orders");
    expect(await restore("--at", time, "--force")).toMatchObject({ code: 0, stderr: "" });
    expect(await query(rows)).toEqual(good);
    // The last backup leads to the empty table, and that was discarded.
    const tooEarly = await command(["restore", "--data", on.data, "--force"]);
    expect(tooEarly).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/when the log began anew .*there is no backup yet/),
    });
    expect(await query(rows)).toEqual(good);
  });

  test("a lost database: nothing that was committed a second before is missing", async () => {
    await startedWithNewBackup();
    await until("the log is received", async () => {
      const [[count]] = (await query(
        "select count(*)::int from pg_stat_replication where application_name = 'backup'",
      )) as [[number]];
      expect(count).toBe(1);
    });
    let [written, running] = [0, true];
    const writing = (async () => {
      while (running) {
        await add(1, "under load ");
        written = Date.now();
        await delay(5);
      }
    })().catch(() => {});
    await delay(2_000);
    await on.stopDatabase("SIGKILL");
    running = false;
    await writing;
    const last = written;
    const { code, stderr } = await restore("--force");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [[newest]] = (await query("select max(made) from orders")) as [[Date]];
    console.info(
      `RPO: ${Math.max(0, last - newest.getTime())} ms between the last committed row and the last restored one`,
    );
    expect((await query("select count(*)::int from orders where note like 'under load%'"))[0]?.[0]).toBeGreaterThan(0);
  });

  describe("what cannot be restored is one clear message, and nothing is lost", () => {
    const newest = async () => (await list()).at(-1) ?? expect.unreachable();
    const folderOf = async () => {
      const { cluster = "", id = "" } = await newest();
      return join(on.archive, cluster, "base", id);
    };
    /** Another byte in the middle of a file; answers what puts it back. */
    const damage = (file: string): (() => void) => {
      const content = readFileSync(file);
      const other = Buffer.from(content);
      other[Math.floor(content.length / 2)] = (content[Math.floor(content.length / 2)] ?? 0) ^ 1;
      writeFileSync(file, other);
      return () => writeFileSync(file, content);
    };

    const cases: readonly {
      readonly name: string;
      readonly words?: readonly string[];
      readonly environment?: () => Readonly<Record<string, string>>;
      readonly break?: () => Promise<() => void>;
      readonly says: RegExp;
    }[] = [
      {
        name: "without --force",
        words: [],
        says: /pgdata holds a database: --force puts the restored one in its place, and keeps/,
      },
      {
        name: "a time that is none",
        words: ["--force", "--at", "noon"],
        says: /--at "noon" is no time; it must be ISO 8601/,
      },
      {
        name: "a time to come",
        words: ["--force", "--at", "2999-01-01T00:00:00Z"],
        says: /2999-01-01.* is in the future/,
      },
      {
        name: "a time before the first backup",
        words: ["--force", "--at", "2001-01-01T00:00:00Z"],
        says: /is before the end of the oldest backup: from 20.* on there is a way back/,
      },
      {
        name: "another key",
        environment: () => ({ BACKUP_KEY_FILE: join(on.folder, "other-key") }),
        says: /base\.tar\.gz\.age: the key does not open it; it was encrypted for another one/,
      },
      {
        name: "a key that is none",
        environment: () => ({ BACKUP_KEY_FILE: join(on.folder, "password") }),
        says: /the secret backupKey is no age identity: it must be one line, AGE-SECRET-KEY-1/,
      },
      {
        name: "a damaged base",
        break: async () => damage(join(await folderOf(), "base.tar.gz.age")),
        says: /base\.tar\.gz\.age is damaged: /,
      },
      {
        name: "a damaged log",
        break: async () => {
          const { cluster = "" } = await newest();
          const mends = globSync(join(on.archive, cluster, "wal", "*.age")).map(damage);
          return () => {
            for (const mend of mends) mend();
          };
        },
        says: /wal\/[0-9A-F]+(?:\.history)?\.gz\.age is damaged: /,
      },
      {
        name: "a newer PostgreSQL's backup",
        break: async () => {
          const file = join(await folderOf(), "backup.json");
          const content = readFileSync(file, "utf8");
          writeFileSync(file, JSON.stringify({ ...JSON.parse(content), serverVersion: "99.1" }));
          return () => writeFileSync(file, content);
        },
        says: /is of PostgreSQL 99\.1, and this is 1.*, which cannot read it: restore it with that version/,
      },
    ];

    test.each(cases)("$name", async ({ words, environment, break: begin, says }) => {
      const reached = ["--force", "--at", (await newest()).finishedAt ?? ""];
      writeFileSync(join(on.folder, "other-key"), await generateX25519Identity());
      const before = await query(rows);
      const mend = await begin?.();
      try {
        const { code, stdout, stderr } = await command(
          ["restore", "--data", on.data, ...(words ?? reached)],
          environment?.(),
        );
        expect(stderr).toMatch(says);
        expect(stderr).not.toMatch(/\n\s+at /);
        expect(stderr.trim().split("\n")).toHaveLength(1);
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
        expect(globSync(`${on.data}.restoring*`)).toEqual([]);
      } finally {
        mend?.();
      }
      await on.stopDatabase();
      await on.startDatabase();
      expect(await query(rows)).toEqual(before);
    });
  });

  test("who asks for a backup gets one that is proven, or the reason; without the workload too", async () => {
    expect(await command(["now"])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/nothing runs at .*backup up\?/),
    });
    await on.startBackup();
    await until("a backup", async () => {
      const { code, stdout, stderr } = await command(["now"]);
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout).provenAt).toBeTruthy();
    });
    await on.stopBackup();
  });
}
