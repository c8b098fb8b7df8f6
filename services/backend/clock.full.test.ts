import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../cli/open/free-port.ts";
import { debianObstacle, installDebian } from "../../cli/setup/debian.ts";
import { ask, eventually, logIn } from "./testing/backend.ts";
import { environmentFor, specOf } from "./testing/environment.ts";
import { startedServers, type TestServers } from "./testing/servers.ts";

/** Where Debian's libfaketime is; undefined, with the reason printed, where it cannot be had. */
async function fakeClock(): Promise<string | undefined> {
  const found = () => globSync("/usr/lib/*/faketime/libfaketime.so.1")[0];
  const obstacle = found() === undefined ? debianObstacle() : undefined;
  if (obstacle !== undefined) console.warn(`skipped: libfaketime is missing, and ${obstacle}`);
  else if (found() === undefined) await installDebian(["libfaketime"]);
  return found();
}

const [library, servers] = [await fakeClock(), await startedServers()];
const hour = 3_600_000;

/** The real processes with a clock that jumps; the database's does not. */
describe.skipIf(library === undefined || servers === undefined)("a host's clock that jumps", () => {
  const folder = mkdtempSync(join(tmpdir(), "clock-"));
  const clock = join(folder, "clock");
  const children: ChildProcess[] = [];
  const lines: Record<string, unknown>[] = [];
  let url = "";

  /** By how much it is wrong from now on, as libfaketime writes it. */
  const jump = (by: string): void => writeFileSync(clock, by);
  const there = (): TestServers => servers ?? expect.unreachable();

  async function begin(name: "backend" | "worker"): Promise<string> {
    const [spec, port] = [specOf(name), await freePort()];
    const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...spec.args], {
      env: {
        ...environmentFor(spec, port, there()),
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: "1",
        // As on a real host: what counts seconds from its start does not jump.
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.trim().split("\n")) if (line.startsWith("{")) lines.push(JSON.parse(line));
    });
    const address = `http://127.0.0.1:${port}/api/v1`;
    const isUp = () =>
      ask(`${address}/health/ready`).then(
        ({ status }) => status === 200,
        () => false,
      );
    await eventually(isUp, (answers) => answers);
    return address;
  }
  const admin = () => logIn(url, "admin", "the-admins-password");
  const opens = async (token: string) => (await ask(`${url}/orders`, "GET", { token })).status;

  async function place(token: string): Promise<string> {
    const order = { symbol: "ACME", side: "buy", quantity: 1 };
    const headers = { "idempotency-key": randomUUID() };
    const { status, body } = await ask(`${url}/orders`, "POST", { token, body: order, headers });
    expect(status).toBe(201);
    return body.id;
  }

  /** Executed, at the exchange once. */
  async function requireExecuted(id: string, token: string): Promise<void> {
    await eventually(
      () => ask(`${url}/orders/${id}`, "GET", { token }),
      ({ body }) => body.state === "executed",
    );
    const { host, port, user, name } = there().postgres.configuration;
    const database = new pg.Client({ host, port, user, database: name });
    await database.connect();
    const { rows } = await database.query("select count(*)::int as count from exchange_book where order_id = $1", [id]);
    await database.end();
    expect(rows).toEqual([{ count: 1 }]);
  }

  beforeAll(async () => {
    jump("+0");
    url = await begin("backend");
    await begin("worker");
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    await servers?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    { by: "+3h", name: "forward: tokens of before are over, a new one is made, and orders are executed", before: 401 },
    { by: "-3h", name: "backward: tokens of before are taken on, and orders are executed", before: 200 },
  ])("$name", async ({ by, before }) => {
    jump("+0");
    const token = await admin();
    const early = await place(token);
    jump(by);
    expect(await opens(token)).toBe(before);
    const fresh = await admin();
    expect(await opens(fresh)).toBe(200);
    for (const id of [early, await place(fresh), await place(fresh)]) await requireExecuted(id, fresh);
  });

  test("an order's age is counted by the database alone, so that none is given up", () => {
    expect(lines.filter(({ event }) => event === "order_failed")).toEqual([]);
    expect(lines.filter(({ event }) => event === "order_executed").length).toBeGreaterThanOrEqual(6);
  });

  test("lines say the wrong time, by which the log pipeline does not sort them: it takes its own from 50 minutes on", () => {
    const away = lines.map(({ timestamp }) => Math.abs(Date.parse(String(timestamp)) - Date.now()) / hour);
    expect(away.some((hours) => hours > 2.5)).toBe(true);
  });

  test("set right again, everything is as before", async () => {
    jump("+0");
    const token = await admin();
    expect(await opens(token)).toBe(200);
    await requireExecuted(await place(token), token);
  });
});
