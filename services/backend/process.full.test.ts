import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../cli/open/free-port.ts";
import type { WorkloadSpec } from "../../components/workload/index.ts";
import { lockKey } from "./storage/migrate.ts";
import { ask, eventually } from "./testing/backend.ts";
import { environmentFor, specOf } from "./testing/environment.ts";
import { startedServers } from "./testing/servers.ts";

const servers = await startedServers();

const environmentOf = (spec: WorkloadSpec, port: number): NodeJS.ProcessEnv =>
  environmentFor(spec, port, servers ?? expect.unreachable("no servers"));

describe.skipIf(servers === undefined).each(["backend", "worker"])("%s, as its spec starts it", (name) => {
  const spec = specOf(name);
  let child: ChildProcess;
  let port: number;
  let printed: Promise<string>;
  let complained: Promise<string>;

  beforeAll(async () => {
    if (servers === undefined) return;
    port = await freePort();
    child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...spec.args], {
      env: environmentOf(spec, port),
    });
    if (child.stdout === null || child.stderr === null) throw new Error("nothing to read from");
    [printed, complained] = [text(child.stdout), text(child.stderr)];
    await eventually(
      () =>
        ask(`http://127.0.0.1:${port}/api/v1/health`).then(
          ({ status }) => status,
          () => 0,
        ),
      (status) => status === 200,
    );
  });
  afterAll(() => {
    child?.kill("SIGKILL");
  });

  test("answers the spec's probes and Prometheus [requirement health/live, health/ready]", async () => {
    const { liveness, readiness } = spec.probes;
    const paths = [liveness, readiness].map(({ check }) => (check.kind === "http" ? check.path : ""));
    for (const path of [...paths, spec.scrape?.path]) {
      expect((await ask(`http://127.0.0.1:${port}${path}`)).status, path).toBe(200);
    }
  });

  // The requirement's commands, word for word but for the port.
  const curl = (path: string) =>
    execFileSync("curl", ["--silent", `http://localhost:${port}${path}`], {
      encoding: "utf8",
    });

  test("section 3 of the requirement [requirement acceptance/health, acceptance/detailed, acceptance/metrics, acceptance/prometheus]", () => {
    expect(curl("/api/v1/health")).toMatch(/^\{"status":"healthy","version":"2\.1\.0",/);
    expect(curl("/api/v1/health/detailed")).toMatch(/^\{"status":"healthy",.*"components":\{.*"system":\{/);
    expect(curl("/api/v1/metrics")).toMatch(/^\{"uptime_seconds":\d.*"system":\{/);
    expect(curl("/api/v1/metrics/prometheus")).toMatch(/^app_uptime_seconds \d+\.\d+$/m);
  });

  test("ends by itself when it is asked to, within the spec's patience, and has complained of nothing", async () => {
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    const lines = (await printed)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ event: "stopped", service: name, level: "INFO" });
    expect(await complained).toBe("");
  });
});

/** A process that a test starts for itself; `changes` are variables that are not as they should be. */
function begin(command: "serve" | "work", changes: NodeJS.ProcessEnv) {
  const env = { ...environmentOf(specOf(command === "serve" ? "backend" : "worker"), 0), ...changes };
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), command], { env });
  const ended = new Promise((resolve) => child.once("close", resolve));
  return { child, ended, printed: text(child.stdout), complained: text(child.stderr) };
}

describe.skipIf(servers === undefined)("a start that comes to nothing", () => {
  test("ends at once, with one message, where waiting does not help", async () => {
    const { ended, complained } = begin("serve", { DATABASE_NAME: "nowhere" });
    expect(await ended).toBe(2);
    expect(await complained).toMatch(/^backend: the database at .* has no database "nowhere"; .*\n$/);
  });

  test("is told of at any log level, and given up when it is asked to", async () => {
    const { child, ended, printed, complained } = begin("serve", {
      DATABASE_PORT: String(await freePort()),
      LOG_LEVEL: "ERROR",
    });
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(await printed).toContain("waiting_for_database");
    expect(await complained).toBe("");
  });

  test("is ended where it hangs: an earlier instance holds the migrations", async () => {
    if (servers === undefined) throw new Error("no servers");
    const { host, port, user, name } = servers.postgres.configuration;
    const earlier = new pg.Client({ host, port, user, database: name });
    await earlier.connect();
    await earlier.query("select pg_advisory_lock($1)", [lockKey]);
    const { child, ended, printed } = begin("serve", {});
    const waits =
      "select 1 from pg_stat_activity where query like '%pg_try_advisory_lock%' and pid <> pg_backend_pid()";
    await eventually(
      () => earlier.query(waits),
      ({ rows }) => rows.length === 1,
    );
    child.kill("SIGTERM");
    expect(await ended).toBe(1);
    expect(await printed).toContain("stop_timed_out");
    await earlier.end();
  });
});

afterAll(() => servers?.stop());

test("a process that is told wrong things says all of them, and ends with 2", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "serve"], { env: { PORT: "x" } });
  const said = text(child.stderr);
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(2);
  expect((await said).split("\n")[0]).toBe('backend: PORT is "x"; it must be a TCP port');
  expect(await said).toContain("backend: ADMIN_PASSWORD is missing");
});
