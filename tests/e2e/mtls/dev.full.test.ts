import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { issueCerts, rotateAuthority, rotateCerts } from "../../../cli/certs/certs.ts";
import { certsGround } from "../../../cli/certs/ground.ts";
import { componentOf, containersOf } from "../../../cli/docker/daemon.ts";
import { isWell, statusOf } from "../../../cli/docker/status.ts";
import type { KeyPair } from "../../../cli/engine/developer/certificate.ts";
import { keptSecrets, makeDeveloperHome } from "../../../cli/engine/developer/home.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import { at, list, text } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { settingsOf } from "../../support/stacks.ts";
import { firstUp } from "../docker/dev-stack.ts";
import { errorLines } from "../docker/steady.ts";
import { withDev } from "../docker/with-dev.ts";
import { startLoad } from "../support/load.ts";
import { authority, issued } from "./certificates.ts";
import { type Door, databaseSerialOf, type Knock, overHttps, overPostgres, overRedis, serialOf } from "./knocks.ts";

/** Whose image cannot be had without a registry. */
const leftOut = ["grafana"];
const mutual = settingsOf("dev", "docker", { mtls: true });
const workloads = membersOf(describePlatform({ ...mutual, without: leftOut })).filter(isWorkload);

const options = {
  address: "127.0.77.31",
  settings: { "trading-platform:mtls": true },
  up: false,
  timeout: 3_600_000,
};

/** Who asks each server for its living. */
const clients = { backend: "gateway", worker: "prometheus", database: "backend", cache: "backend" } as const;
type Server = keyof typeof clients;
const servers: readonly Server[] = ["backend", "worker", "database", "cache"];

await withDev("a whole dev whose members ask each other for certificates", options, (the) => {
  const certs = () => certsGround(mutual, () => {});
  const kept = async (name: string): Promise<string> => String((await keptSecrets(await makeDeveloperHome()))[name]);
  const signer = async (): Promise<KeyPair> => ({
    certificate: await kept("mtlsAuthority"),
    privateKey: await kept("mtlsAuthorityKey"),
  });

  beforeAll(async () => {
    // As a developer does who switches it on and knows no more.
    const { refusal, printed } = await the.dev.run("up");
    expect(`${refusal}\n${printed}`).toContain("./platform certs issue dev");
    expect((await issueCerts(await certs()))[0]).toBe("authority");
    const second = await the.dev.run("up");
    expect(second.refusal, second.printed).toBeUndefined();
  }, firstUp);

  /** In the stack's own network: the ports on the host's loopback are the gateway's, which shows its certificate. */
  async function doorOf(name: Server): Promise<Door> {
    const found = (await containersOf({ docker: the.docker, stack: "dev" })).find(
      (container) => componentOf(container) === name && container.State === "running",
    );
    const [network] = Object.values(found?.NetworkSettings.Networks ?? {});
    const port = workloads.find((spec) => spec.name === name)?.ports[0]?.number;
    if (network === undefined || port === undefined) throw new Error(`${name} does not run`);
    return { host: network.IPAddress, port, name };
  }

  async function knockAt(name: Server): Promise<Knock> {
    const door = await doorOf(name);
    if (name === "database") return overPostgres(door, await kept("databasePassword"));
    return name === "cache" ? overRedis(door, await kept("cachePassword")) : overHttps(door);
  }

  /** What each server shows now, by its serial number. */
  async function shown(): Promise<Readonly<Record<string, string>>> {
    const by = await signer();
    const showing = servers.map(async (name) => {
      const shows = { ca: by.certificate, pem: await issued(by, clients[name]) };
      const door = await doorOf(name);
      const serial =
        name === "database"
          ? await databaseSerialOf(door, await kept("databasePassword"), shows)
          : await serialOf(door, shows);
      return [name, serial] as const;
    });
    return Object.fromEntries(await Promise.all(showing));
  }

  const broughtBy = async (): Promise<void> => {
    const { refusal, printed } = await the.dev.run("up");
    expect(refusal, printed).toBeUndefined();
  };
  const containerIds = async () =>
    (await containersOf({ docker: the.docker, stack: "dev" })).map(({ Id }) => Id).sort();
  const untilOthersAreShown = (before: Readonly<Record<string, string>>): Promise<true> =>
    until("every server shows its new certificate", async () => {
      const now = await shown();
      return servers.every((name) => now[name] !== before[name]) ? true : undefined;
    });

  /** Every server says that of a certificate that this authority signed. */
  const untilAll = (what: string, by: KeyPair, isSo: (said: string) => boolean): Promise<true> =>
    until(what, async () => {
      for (const name of servers) {
        // Whom the servers show themselves to is no matter here.
        const ca = `${by.certificate}${await kept("mtlsAuthority")}`;
        if (!isSo(await (await knockAt(name))({ ca, pem: await issued(by, clients[name]) }))) return undefined;
      }
      return true;
    });

  /** nginx has others after each reload. */
  async function gatewayWorkers(): Promise<readonly string[]> {
    const found = (await containersOf({ docker: the.docker, stack: "dev" })).find(
      (each) => componentOf(each) === "gateway",
    );
    const { Titles, Processes } = await the.docker.getContainer(found?.Id ?? "").top();
    const rows: readonly (readonly string[])[] = Processes;
    return rows
      .filter((row) => row.some((cell) => cell.includes("worker process") && !cell.includes("shutting down")))
      .map((row) => row[Titles.indexOf("PID")] ?? "");
  }

  test("gets healthy, serves, and everything is scraped; the second time there is nothing to do", async () => {
    const rows = statusOf(workloads, await containersOf({ docker: the.docker, stack: "dev" }));
    expect(rows.filter((row) => !isWell(row))).toEqual([]);
    expect(rows.map(({ component }) => component)).toEqual(workloads.map(({ name }) => name));
    for (const port of [80, 8000]) {
      const answer = await fetch(`http://${the.dev.address}:${port}/api/v1/health`);
      expect([answer.status, at(await answer.json(), "status")]).toEqual([200, "healthy"]);
    }
    const instant = async (query: string): Promise<readonly string[]> => {
      const url = `http://${the.dev.address}:9090/api/v1/query?query=${encodeURIComponent(query)}`;
      const found = list(at(await (await fetch(url)).json(), "data", "result"));
      return found.map((each) => text(at(each, "metric", "job")) ?? "").sort();
    };
    const scraped = workloads.filter(({ scrape }) => scrape !== undefined).map(({ name }) => name);
    await until("every job is scraped", async () => {
      const up = await instant("up == 1");
      return scraped.every((name) => up.includes(name)) ? true : undefined;
    });
    for (const store of ["pg_up", "redis_up"]) expect(await instant(`${store} == 1`)).toHaveLength(1);
    expect((await the.dev.run("up")).printed).toContain("dev: nothing to do");
  });

  test("alerts reach the backend's webhook by Alertmanager's certificate", async () => {
    const count = async (name: string): Promise<number> => {
      const metrics = await (await fetch(`http://${the.dev.address}:9093/metrics`)).text();
      const found = [...metrics.matchAll(new RegExp(`^${name}\\{integration="webhook".*\\} (\\S+)$`, "gm"))];
      return found.reduce((sum, [, value]) => sum + Number(value), 0);
    };
    await fetch(`http://${the.dev.address}:9093/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([{ labels: { alertname: "OfThisTest", severity: "warning", environment: "development" } }]),
    });
    const sent = "alertmanager_notifications_total";
    await until("it is sent", async () => ((await count(sent)) > 0 ? true : undefined), { timeoutSeconds: 300 });
    expect(await count("alertmanager_notifications_failed_total")).toBe(0);
  });

  test("lets in who has a certificate, and refuses who has none, another authority's, or one that has ended", async () => {
    const [by, stranger] = [await signer(), await authority()];
    const refused: string[] = [];
    for (const name of servers) {
      const knock = await knockAt(name);
      const ca = by.certificate;
      expect(await knock({ ca, pem: await issued(by, clients[name]) }), name).toBe("in");
      for (const [who, pem] of [
        ["none", undefined],
        ["another authority's", await issued(stranger, clients[name])],
        ["ended", await issued(by, clients[name], -1)],
      ] as const) {
        const said = await knock({ ca, pem });
        expect(said, `${name}, ${who}`).not.toBe("in");
        refused.push(`${name}, ${who}: ${said}`);
      }
    }
    for (const name of ["backend", "worker"] as const) {
      const said = await (await knockAt(name))({ ca: by.certificate, pem: await issued(by, "redis-exporter") });
      expect(said, `${name}, a member that is no client of its`).not.toBe("in");
      refused.push(`${name}, a member that is no client of its: ${said}`);
    }
    console.log(refused.join("\n"));
  });

  test("certificates are rotated under load: no request fails, and no container is made anew", async () => {
    const [before, ids, since] = [await shown(), await containerIds(), new Date()];
    const load = startLoad(`http://${the.dev.address}/api/v1/health`, 8, 20);
    await load.reach(80);
    await rotateCerts(await certs());
    await broughtBy();
    await untilOthersAreShown(before);
    await load.reach(load.sent() + 100);
    const { sent, failures, slowest } = await load.stop();
    console.log(`rotation: ${sent} requests, ${failures.length} failed, slowest ${slowest} ms`);
    expect(failures, (await errorLines(the.docker, since)).join("\n")).toEqual([]);
    expect(await containerIds()).toEqual(ids);
  });

  test("another authority takes the old one's place in three steps under load, and the old one's are refused then", async () => {
    const [old, since] = [await signer(), new Date()];
    const load = startLoad(`http://${the.dev.address}/api/v1/health`, 4, 10);
    const step = async (isNext: boolean): Promise<void> => {
      await rotateAuthority(await certs(), isNext);
      await broughtBy();
    };
    let workers = await gatewayWorkers();
    const untilTheGatewayHasReloaded = async (): Promise<void> => {
      await until("nginx has new workers", async () =>
        (await gatewayWorkers()).some((pid) => !workers.includes(pid)) ? true : undefined,
      );
      workers = await gatewayWorkers();
    };
    await step(false);
    await untilAll("both are trusted", await signer(), (said) => said === "in");
    await untilTheGatewayHasReloaded();
    const before = await shown();
    await step(true);
    await untilOthersAreShown(before);
    await load.reach(load.sent() + 100);
    await step(true);
    await untilAll("the old one is trusted no more", old, (said) => said !== "in");
    await untilTheGatewayHasReloaded();
    await load.reach(load.sent() + 100);
    const { sent, failures, slowest } = await load.stop();
    console.log(`another authority: ${sent} requests, ${failures.length} failed, slowest ${slowest} ms`);
    // nginx is reloaded for it: a customer's idle connection may break as it is used again (RFC 9112, 9.3.1).
    const unexplained = failures.filter(({ keptAlive, why }) => !(keptAlive && why === "ECONNRESET"));
    expect(unexplained, (await errorLines(the.docker, since)).join("\n")).toEqual([]);
    const next = await signer();
    for (const name of servers) {
      const knock = await knockAt(name);
      expect(await knock({ ca: next.certificate, pem: await issued(next, clients[name]) }), name).toBe("in");
      expect(await knock({ ca: next.certificate, pem: await issued(old, clients[name]) }), name).not.toBe("in");
    }
  });

  test("no key is in the stack's files, in what it printed, or in the members' variables", async () => {
    const { privateKey } = await signer();
    const [, line = ""] = privateKey.split("\n");
    expect(line.length).toBeGreaterThan(40);
    for (const file of ["Pulumi.dev.yaml", "Pulumi.yaml"])
      expect(await readFile(join(the.dev.checkout, file), "utf8")).not.toContain(line);
    for (const { Id } of await containersOf({ docker: the.docker, stack: "dev" })) {
      expect(JSON.stringify(await the.docker.getContainer(Id).inspect())).not.toContain(line);
    }
  });
});
