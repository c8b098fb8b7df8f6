import { readFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDaemon } from "../../../cli/docker/connection.ts";
import { componentOf, containersOf } from "../../../cli/docker/daemon.ts";
import { withoutImages } from "../../../cli/docker/left-out.ts";
import { printLogs } from "../../../cli/docker/logs.ts";
import { isWell, statusOf } from "../../../cli/docker/status.ts";
import { developerHome } from "../../../cli/engine/developer/home.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import { runIn } from "../../images/run.ts";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { settingsOf } from "../../support/stacks.ts";
import { type DevStack, firstUp, makeDevStack } from "./dev-stack.ts";

const daemon = await dockerDaemon();

/** Whose image cannot be had without a registry. */
const leftOut = ["grafana"];
const workloads = membersOf(describePlatform({ ...settingsOf("dev"), without: leftOut })).filter(isWorkload);

describe.skipIf(daemon === undefined)("dev, as a newcomer has it on a real daemon", { timeout: 300_000 }, () => {
  let dev: DevStack;
  const docker = (): Docker => {
    if (daemon === undefined) throw new Error("no daemon");
    return daemon.docker;
  };
  const containers = () => containersOf({ docker: docker(), stack: "dev" });
  const idOf = async (component: string): Promise<string> => {
    const found = (await containers()).find((container) => componentOf(container) === component);
    if (found === undefined) throw new Error(`${component} does not run`);
    return found.Id;
  };

  beforeAll(async () => {
    if (daemon === undefined) return;
    dev = await makeDevStack(daemon, "127.0.77.2");
  }, firstUp);
  afterAll(async () => {
    await dev?.remove();
    await daemon?.release();
  }, 180_000);

  test("everything that has an image runs and is healthy; the second time there is nothing to do", {
    timeout: firstUp,
  }, async () => {
    const { printed, refusal } = await dev.run("up");
    expect(refusal, printed).toBeUndefined();
    expect(printed).toMatch(/^look at:\n {2}application: http:/m);
    expect(printed).toMatch(
      /^not here:\n {2}grafana is left out: its image \S+ .+; it comes where Docker reaches a registry/m,
    );
    expect(printed).toMatch(/^next:\n {2}\.\/platform open dev /m);
    const rows = statusOf(workloads, await containers());
    expect(rows.filter((row) => !isWell(row))).toEqual([]);
    expect(rows.map(({ component }) => component)).toEqual(workloads.map(({ name }) => name));
    expect((await dev.run("up")).printed).toContain("dev: nothing to do");
  });

  test("what has no image here is told to be left out, and nobody is unwell for it", async () => {
    if (daemon === undefined) return;
    const asked = settingsOf("dev");
    const here = await withoutImages(asked, await openDaemon(daemon.host), { getThem: false });
    expect(here.names).toEqual(leftOut);
    const all = membersOf(describePlatform(asked)).filter(isWorkload);
    const rows = statusOf(all, await containers(), here.names);
    expect(rows.filter(({ state }) => state === "left out").map(({ component }) => component)).toEqual(leftOut);
    expect(rows.filter((row) => !isWell(row))).toEqual([]);
  });

  test.each([
    ["prometheus", 9090, "/-/ready"],
    ["alertmanager", 9093, "/-/ready"],
    ["loki", 3100, "/ready"],
    ["node-exporter", 9100, "/metrics"],
    ["the gateway", 80, "/-/ready"],
    ["the backend", 8000, "/api/v1/health"],
    ["the backend", 8000, "/api/v1/health/detailed"],
    ["the backend", 8000, "/api/v1/metrics"],
    ["the backend", 8000, "/api/v1/metrics/prometheus"],
  ])("%s answers on the host's loopback, port %i", async (_, port, path) => {
    expect((await fetch(`http://${dev.address}:${port}${path}`)).status).toBe(200);
  });

  test("the host's own disk is watched: node-exporter does not take it for a read-only one", async () => {
    const metrics = await (await fetch(`http://${dev.address}:9100/metrics`)).text();
    expect(metrics).toMatch(/^node_filesystem_readonly\{[^}]*mountpoint="\/"\} 0$/m);
  });

  test("each container is as confined as its spec says", async () => {
    for (const container of await containers()) {
      const { Config, HostConfig } = await docker().getContainer(container.Id).inspect();
      const spec = workloads.find(({ name }) => name === componentOf(container));
      const { user, resources } = spec ?? { user: undefined, resources: undefined };
      expect(Config.User, spec?.name).toBe(user?.kind === "root" ? "0:0" : `${user?.uid}:${user?.gid}`);
      expect(HostConfig, spec?.name).toMatchObject({
        ReadonlyRootfs: true,
        Privileged: false,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges:true"],
        Memory: (resources?.memory.limit ?? 0) * 1024 ** 2,
        NanoCpus: (resources?.cpu.limit ?? 0) * 1e6,
        Ulimits: [{ Name: "nproc", Soft: 4096, Hard: 4096 }],
        LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
      });
    }
  });

  test("servers are reached by who says so, and by nobody else", async () => {
    const reaches = async (from: string, url: string) =>
      (await runIn(docker().getContainer(await idOf(from)), ["wget", "-q", "-O", "/dev/null", "-T", "3", url])).code ===
      0;
    expect(await reaches("prometheus", "http://loki:3100/ready")).toBe(true);
    expect(await reaches("prometheus", "http://alertmanager:9093/-/ready")).toBe(true);
    expect(await reaches("gateway", "http://loki:3100/ready")).toBe(false);
    expect(await reaches("gateway", "http://prometheus:9090/-/ready")).toBe(false);
    expect(await reaches("cache", "http://node-exporter:9100/")).toBe(false);
    const connects = async (from: string) =>
      (await runIn(docker().getContainer(await idOf(from)), ["sh", "-c", "nc -w 3 database 5432 < /dev/null"])).code ===
      0;
    expect(await connects("gateway")).toBe(false);
    expect(await connects("cache")).toBe(false);
    expect(await connects("database")).toBe(true);
  });

  test("what a component writes can be read", async () => {
    const output = new PassThrough();
    const printed = text(output);
    await printLogs({ docker: docker(), stack: "dev", workloads }, { component: "database", follow: false }, output);
    output.end();
    expect(await printed).toContain("database system is ready to accept connections");
  });

  test("a changed setting makes anew only what reads it", async () => {
    const before = new Map((await containers()).map((container) => [componentOf(container), container.Id]));
    await dev.settings({ "trading-platform:alerts": { thresholds: { diskFreePercent: 7 } } });
    const { printed, refusal } = await dev.run("up");
    expect(refusal, printed).toBeUndefined();
    const after = await containers();
    const changed = after.filter((one) => before.get(componentOf(one)) !== one.Id).map(componentOf);
    expect(changed).toEqual(["prometheus"]);
  });

  describe("the owner of a volume", () => {
    const query = async (sql: string): Promise<readonly unknown[]> => {
      const { databasePassword } = await secrets();
      const client = new pg.Client({
        host: dev.address,
        user: "trading",
        database: "trading",
        password: databasePassword,
        connectionTimeoutMillis: 1000,
      });
      client.on("error", () => {});
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end().catch(() => {});
      }
    };

    /** Milliseconds from the last good answer before something to the first after it. */
    async function gapDuring(action: () => Promise<unknown>): Promise<number> {
      let longest = 0;
      let lastGood = performance.now();
      let over = false;
      const watching = (async () => {
        while (!over) {
          if (
            await query("select 1").then(
              () => true,
              () => false,
            )
          ) {
            longest = Math.max(longest, performance.now() - lastGood);
            lastGood = performance.now();
          }
          await delay(20);
        }
      })();
      await action();
      await delay(2000);
      over = true;
      await watching;
      return Math.round(longest);
    }

    test("stops first, keeps its data, and is away for a moment", async () => {
      await query("create table kept (n int)");
      await query("insert into kept select generate_series(1, 1000)");
      await dev.settings({ "trading-platform:database": { maxConnections: 90 } });
      const gap = await gapDuring(async () => {
        const { printed, refusal } = await dev.run("up");
        expect(refusal, printed).toBeUndefined();
      });
      console.log(`stop-first update of the database: ${gap} ms without an answer`);
      expect(await query("show max_connections")).toEqual([{ max_connections: "90" }]);
      expect(await query("select count(*)::int as n from kept")).toEqual([{ n: 1000 }]);
    });

    test("that cannot start is taken back, with its data; the update fails with the reason", async () => {
      await dev.settings({ "trading-platform:database": { resources: { memoryMiB: { request: 8, limit: 8 } } } });
      const plain = await dev.plainUp();
      expect(plain.outcome).toBe("failed");
      expect(plain.diagnostics.map(({ message }) => message).join("\n")).toMatch(/database: .*`\.\/platform up dev`/);
      const gap = await gapDuring(async () => {
        const { printed, refusal } = await dev.run("up");
        expect(refusal).toMatch(/^dev: up failed/);
        expect(printed).toMatch(/database/);
        expect(printed).toMatch(/^dev: taken back: /m);
      });
      console.log(`failed update of the database, taken back: ${gap} ms without an answer`);
      expect(await query("show max_connections")).toEqual([{ max_connections: "90" }]);
      expect(await query("select count(*)::int as n from kept")).toEqual([{ n: 1000 }]);
    });
  });

  test("what somebody removes by hand is seen, and put right", async () => {
    await docker()
      .getContainer(await idOf("cache"))
      .remove({ force: true });
    await dev.settings({ "trading-platform:database": { maxConnections: 90 } });
    expect((await dev.run("refresh")).refusal).toBeUndefined();
    const { printed, refusal } = await dev.run("up");
    expect(refusal, printed).toBeUndefined();
    expect(printed).toMatch(/\+ cache {2}docker:index\/container:Container/);
    expect(statusOf(workloads, await containers()).filter((row) => !isWell(row))).toEqual([]);
  });

  test("destroy leaves the volumes with data, unless told so, and nothing else", async () => {
    expect((await dev.run("destroy")).refusal).toBeUndefined();
    expect(await dev.left()).toEqual([]);
    const filters = { label: ["project=trading-platform", "stack=dev"] };
    const kept = (await docker().listVolumes({ filters })).Volumes.map(({ Name }) => Name).sort();
    const owners = workloads.flatMap(({ name, volumes }) =>
      volumes
        .filter(({ kind }) => kind === "persistent")
        .map((volume) => `trading-platform-dev-${name}-${volume.name}`),
    );
    expect(kept).toEqual(owners.sort());
    // And those too when told so.
    const { printed, refusal } = await dev.destroyAll();
    expect(refusal, printed).toBeUndefined();
    for (const owner of owners) expect(printed).toContain(`volume ${owner}: removed for good`);
    expect((await docker().listVolumes({ filters })).Volumes).toEqual([]);
  });
});

async function secrets(): Promise<Readonly<Record<string, string>>> {
  return JSON.parse(await readFile(developerHome().secretsFile, "utf8"));
}
