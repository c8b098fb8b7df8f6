import { globSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DatabaseLogin, loginRole } from "../../../components/application/database-login.ts";
import type { SecretName } from "../../../components/workload/index.ts";
import type { DatabaseConfiguration } from "../../../services/backend/configuration.ts";
import { migrate } from "../../../services/backend/storage/migrate.ts";
import { migrations } from "../../../services/backend/storage/migrations/index.ts";
import { ask, eventually, startProcess } from "../../../services/backend/testing/backend.ts";
import { startedServers } from "../../../services/backend/testing/servers.ts";
import { type Administrator, administratorBy, psqlWords } from "./administrator.ts";
import { type RotationGround, rotate, takeBackRotation } from "./rotate.ts";
import { Consumers, drainMs, executedOrders, underLoad } from "./testing/consumers.ts";

const servers = await startedServers();
const atIssueSize = process.env.TEST_SIZE === "issue";
/** Milliseconds that a client waits after each answer: the load is there to notice a gap, not to fill the machine. */
const betweenMs = atIssueSize ? 5 : 25;
/** From the user itself to a, to b, and so on. */
const rotations = atIssueSize ? 6 : 2;
const first = "the-first-password";

describe.skipIf(servers === undefined)("rotation of the database password on a real PostgreSQL", () => {
  if (servers === undefined) return;
  const { postgres, redis } = servers;
  const { host, port } = postgres.configuration;
  let socket = "";

  const connect = async (user: string, password: string, database = "trading"): Promise<pg.Client> => {
    const client = new pg.Client({ host, port, user, password, database });
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const isLetIn = async (user: string, password: string): Promise<boolean> => {
    try {
      await (await connect(user, password)).end();
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && ["28P01", "28000"].includes(String(error.code))) return false;
      throw error;
    }
  };
  const psql = globSync("/usr/lib/postgresql/*/bin/psql").at(-1) ?? "psql";
  /** As in the database's container: by the server's own socket. */
  const administratorOf = (user: string, name: string): Administrator =>
    administratorBy({
      program: "env",
      words: [psql, `--host=${socket}`, `--port=${port}`, ...psqlWords({ user, name })],
    });

  beforeAll(async () => {
    const client = await connect("trading", "");
    const shown = async (what: string) => String(Object.values((await client.query(`show ${what}`)).rows[0] ?? {})[0]);
    socket = await shown("unix_socket_directories");
    await client.query(`alter role trading password '${first}'`);
    // As the official image writes it: who comes over the network needs a password.
    writeFileSync(join(await shown("hba_file")), "local all all trust\nhost all all all scram-sha-256\n");
    await client.query("select pg_reload_conf()");
    await client.end();
    await eventually(
      () => isLetIn("trading", "wrong"),
      (isIn) => !isIn,
    );
  });
  afterAll(() => servers.stop());

  /** What a stack remembers: its settings' login, and its secrets. */
  class Stack {
    login: DatabaseLogin = "owner";
    readonly secrets = new Map<SecretName, string>([["databasePassword", first]]);
    readonly said: string[] = [];
    deploys = 0;

    configuration(login = this.login): DatabaseConfiguration {
      const { role, secret } = loginRole({ user: "trading" }, login);
      return { ...postgres.configuration, user: role, password: this.secrets.get(secret) ?? "" };
    }

    ground(deploy: () => Promise<void>, changes: Partial<RotationGround> = {}): RotationGround {
      return {
        database: { user: "trading", name: "trading", management: "own", login: this.login },
        administrator: administratorOf("trading", "trading"),
        kept: async (secret) => this.secrets.get(secret) ?? "",
        keep: async (secret, value) => void this.secrets.set(secret, value),
        chooseLogin: async (login) => {
          this.login = login;
        },
        deploy: async () => {
          this.deploys += 1;
          await deploy();
        },
        patience: 20_000,
        say: (line) => void this.said.push(line),
        ...changes,
      };
    }
  }

  const stack = new Stack();
  const nothingToMove = async (): Promise<void> => {};

  describe("with backends under load", () => {
    let consumers: Consumers;

    beforeAll(async () => {
      consumers = await Consumers.start((service) =>
        startProcess(service, { database: stack.configuration(), cache: redis.configuration }, {}, drainMs),
      );
    });
    afterAll(() => consumers?.stop());

    test("not one request fails, every order is executed, and no old password is taken any more", async () => {
      const used: DatabaseConfiguration[] = [];
      const { answered, failed, placed } = await underLoad(consumers, betweenMs, async () => {
        for (let count = 0; count < rotations; count += 1) {
          used.push(stack.configuration());
          await rotate(stack.ground(() => consumers.roll()));
        }
      });
      console.log(`${rotations} rotations, ${answered} requests, ${failed.length} failed, ${placed.length} orders`);
      expect(failed.slice(0, 5)).toEqual([]);
      expect(placed.length).toBeGreaterThan(20);
      const now = stack.configuration();
      expect(await Promise.all(used.map(({ user, password }) => isLetIn(user, password)))).toEqual(
        used.map(() => false),
      );
      expect(await isLetIn(now.user, now.password)).toBe(true);
      expect(await executedOrders(await connect(now.user, now.password))).toBe(placed.length);
    }, 300_000);

    test("consumers that cannot be moved go back, and the login that was made ready ends", async () => {
      const before = stack.configuration();
      let isFirst = true;
      const stuck = async (): Promise<void> => {
        if (!isFirst) return;
        isFirst = false;
        throw new Error("the new release never gets ready");
      };
      await expect(rotate(stack.ground(stuck))).rejects.toThrow(
        /was not rotated, everybody logs in by \w as before: the new release never gets ready/,
      );
      expect(stack.configuration()).toEqual(before);
      const other = stack.configuration(stack.login === "a" ? "b" : "a");
      expect(await isLetIn(other.user, other.password)).toBe(false);
      expect((await ask(`${consumers.serving[0]?.url}/health`)).body.status).toBe("healthy");
    });
  });

  describe("interrupted", () => {
    /** Ends a rotation as a kill would: at that step, with nothing tidied up. */
    const endedAt = async (step: "keep" | "chooseLogin" | "deploy"): Promise<void> => {
      const never = new Promise<never>(() => {});
      const reached = new Promise<void>((resolve) => {
        const ground = stack.ground(nothingToMove, {
          [step]: () => {
            resolve();
            return never;
          },
        });
        void rotate(ground);
      });
      await reached;
    };
    const login = () => stack.login;

    test("before anybody could use the new login: begins anew", async () => {
      const from = login();
      await endedAt("chooseLogin");
      expect(login()).toBe(from);
      await rotate(stack.ground(nothingToMove));
      expect(stack.said.join("\n")).toMatch(/was made ready once and nobody uses it: begins anew/);
      expect(login()).not.toBe(from);
      expect(await isLetIn(stack.configuration().user, stack.configuration().password)).toBe(true);
    });

    test("while consumers move: goes on, with the same password, and says so", async () => {
      const before = stack.configuration();
      await endedAt("deploy");
      const moving = stack.configuration();
      expect(moving.user).not.toBe(before.user);
      // Both are let in: that is what lets consumers move one by one.
      expect(await Promise.all([before, moving].map(({ user, password }) => isLetIn(user, password)))).toEqual([
        true,
        true,
      ]);
      await rotate(stack.ground(nothingToMove));
      expect(stack.said.join("\n")).toMatch(/goes on with a rotation that was interrupted: from login \w to \w/);
      expect(stack.configuration()).toEqual(moving);
      expect(await isLetIn(before.user, before.password)).toBe(false);
    });

    test("while consumers move: --back takes it back, and says so", async () => {
      const before = stack.configuration();
      await endedAt("deploy");
      const moving = stack.configuration();
      await takeBackRotation(stack.ground(nothingToMove));
      expect(stack.said.at(-2)).toMatch(/goes back to login \w/);
      expect(stack.configuration()).toEqual(before);
      expect(await Promise.all([before, moving].map(({ user, password }) => isLetIn(user, password)))).toEqual([
        true,
        false,
      ]);
    });

    test("nothing is taken back where nothing is under way", async () => {
      await expect(takeBackRotation(stack.ground(nothingToMove))).rejects.toThrow(/no rotation is under way/);
    });

    test("a thief's connection by the old password is ended", async () => {
      const before = stack.configuration();
      const thief = await connect(before.user, before.password);
      const ended = new Promise((resolve) => thief.once("end", resolve));
      await rotate(stack.ground(nothingToMove, { patience: 0 }));
      await ended;
      expect(await isLetIn(before.user, before.password)).toBe(false);
    });
  });

  test("a migration by one login belongs to the group: the other's next one may change it", async () => {
    const version = migrations.length + 1;
    const identity = () => ({ database: stack.configuration(), service: "backend" as const, instance: "test" });
    const made = {
      version,
      name: "made",
      safeSince: 1,
      sql: "create table made (id bigint generated always as identity)",
    };
    expect(await migrate(identity(), [...migrations, made])).toEqual(["made"]);
    await rotate(stack.ground(nothingToMove));
    const changed = { version: version + 1, name: "changed", safeSince: 1, sql: "alter table made add note text" };
    expect(await migrate(identity(), [...migrations, made, changed])).toEqual(["changed"]);
    const owners = await administratorOf("trading", "trading").run(
      "select distinct tableowner from pg_tables where schemaname = 'public';",
    );
    expect(owners).toBe("trading_owner");
  });

  test("the application is no superuser any more", async () => {
    const { user, password } = stack.configuration();
    const client = await connect(user, password);
    await expect(client.query("alter system set work_mem = '1MB'")).rejects.toThrow(/permission denied/);
    await expect(client.query("set role trading")).rejects.toThrow(/permission denied/);
    await client.end();
  });

  test("with the administrator of a managed database, who is no superuser and needs a password himself", async () => {
    const root = administratorOf("trading", "trading");
    // docs.aws.amazon.com, RDS, "Understanding the rds_superuser role".
    await root.run(`create role master login createrole createdb password 'the-masters-first';
      grant pg_monitor, pg_signal_backend to master with admin option;
      create database shop owner master;`);
    const secrets = new Map<SecretName, string>([["databasePassword", "the-masters-first"]]);
    /** As whoever calls the command: with the password that is kept then. */
    const administrator = (): Administrator =>
      administratorBy(
        {
          program: "env",
          words: [psql, "--host=127.0.0.1", `--port=${port}`, ...psqlWords({ user: "master", name: "shop" })],
        },
        { PGPASSWORD: secrets.get("databasePassword") },
      );
    await administrator().run(
      "create table kept (id bigint generated always as identity); create view seen as select * from kept;",
    );
    let login: DatabaseLogin = "owner";
    for (const expected of ["a", "b", "a"] as const) {
      await rotate({
        database: { user: "master", name: "shop", management: "managed", login },
        administrator: administrator(),
        kept: async (secret) => secrets.get(secret) ?? "",
        keep: async (secret, value) => void secrets.set(secret, value),
        chooseLogin: async (chosen) => {
          login = chosen;
        },
        deploy: nothingToMove,
        patience: 0,
        say: () => {},
      });
      expect(login).toBe(expected);
      const { role, secret } = loginRole({ user: "master" }, login);
      const client = await connect(role, secrets.get(secret) ?? "", "shop");
      await client.query("insert into kept default values");
      await client.query("create table if not exists added (id integer)");
      await client.end();
    }
    await expect(connect("master", "the-masters-first", "shop")).rejects.toThrow(/password authentication failed/);
  });
});
