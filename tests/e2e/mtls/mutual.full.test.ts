import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { KeyPair } from "../../../cli/engine/developer/certificate.ts";
import { postgresExporter, redisExporter } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { ask, eventually } from "../../../services/backend/testing/backend.ts";
import { startedServers } from "../../../services/backend/testing/servers.ts";
import { asked } from "../../config/gateway/asked.ts";
import { at, list, text } from "../../support/json.ts";
import { hasNginx } from "../../support/products/gateway.ts";
import { startPrometheus } from "../../support/products/prometheus.ts";
import { startLoad } from "../support/load.ts";
import { authority, issued } from "./certificates.ts";
import { type Door, type Knock, overHttps, overPostgres, overRedis, serialOf, tlsOf } from "./knocks.ts";
import { password, type Secured, settings, specOf, startSecured } from "./platform.ts";

const servers = await startedServers();
await servers?.stop();
const isThere = servers !== undefined && (await hasNginx());

describe.skipIf(!isThere)("members that ask each other for certificates", () => {
  let by: KeyPair;
  let stranger: KeyPair;
  let secured: Secured;

  beforeAll(async () => {
    if (!isThere) return;
    [by, stranger] = [await authority(), await authority()];
    secured = await startSecured(by);
  });
  afterAll(async () => secured?.stop());

  const door = (port: number): Door => ({ host: "localhost", port, name: "localhost" });
  const knocks: Readonly<Record<string, Knock>> = {
    backend: (shown) => overHttps(door(secured.backend.port))(shown),
    database: (shown) => overPostgres(door(secured.databasePort), password)(shown),
    cache: (shown) => overRedis(door(secured.cachePort), password)(shown),
  };

  describe.each(["backend", "database", "cache"])("the %s", (server) => {
    const knock: Knock = (shown) => knocks[server]?.(shown) ?? Promise.resolve("no such server");
    const member = server === "backend" ? "gateway" : "backend";

    test("lets in who has a certificate of the authority", async () => {
      expect(await knock({ ca: by.certificate, pem: await issued(by, member) })).toBe("in");
    });
    test("refuses who has none [requirement next/mtls]", async () => {
      expect(await knock({ ca: by.certificate })).not.toBe("in");
    });
    test("refuses who has another authority's [requirement next/mtls]", async () => {
      expect(await knock({ ca: by.certificate, pem: await issued(stranger, member) })).not.toBe("in");
    });
    test("refuses who has one that has ended [requirement next/mtls]", async () => {
      expect(await knock({ ca: by.certificate, pem: await issued(by, member, -1) })).not.toBe("in");
    });
    test("is refused by who trusts another authority", async () => {
      expect(await knock({ ca: stranger.certificate, pem: await issued(by, member) })).not.toBe("in");
    });
  });

  test("the backend refuses a member that is no client of its", async () => {
    expect(await knocks.backend?.({ ca: by.certificate, pem: await issued(by, "database") })).not.toBe("in");
  });

  test("the database asks for the password besides, and speaks to nobody plainly", async () => {
    const pem = await issued(by, "backend");
    const client = (more: object) =>
      new pg.Client({ host: "localhost", port: secured.databasePort, user: "trading", database: "trading", ...more });
    const refusal = (more: object) =>
      client(more)
        .connect()
        .then(
          () => "in",
          ({ message }: Error) => message,
        );
    expect(await refusal({ password: "wrong", ssl: tlsOf({ ca: by.certificate, pem }) })).toMatch(
      /password authentication failed/,
    );
    expect(await refusal({ password })).toMatch(/no pg_hba.conf entry .* no encryption/);
  });

  test("customers are served through all of it, and probes need no certificate", async () => {
    const { status, body } = await ask(`${secured.gateway.url}/api/v1/health`);
    expect([status, body.status]).toEqual([200, "healthy"]);
    const probes = `http://127.0.0.1:${secured.probePort}/api/v1`;
    expect((await asked(`${probes}/health/ready`)).status).toBe(200);
    expect((await asked(`${probes}/health/live`)).status).toBe(200);
    expect((await asked(`${probes}/metrics/prometheus`)).status).toBe(404);
  });

  test("the gateway takes no backend that cannot show who it is", async () => {
    const { certificates } = secured;
    const good = readFileSync(join(certificates.folderOf("backend"), "identity.pem"), "utf8");
    const statusOf = async () => (await asked(`${secured.gateway.url}/api/v1/health/live`)).status;
    certificates.write("backend", by.certificate, await issued(stranger, "backend"));
    await eventually(statusOf, (status) => status === 502);
    certificates.write("backend", by.certificate, good);
    await eventually(statusOf, (status) => status === 200);
  });

  describe("who watches", { timeout: 180_000 }, () => {
    const sample = async (url: string, name: string): Promise<string | undefined> =>
      new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec((await asked(url)).body)?.[1];

    test("Prometheus scrapes the backend by its certificate, and without it gets nothing [requirement next/mtls]", async () => {
      const rendered: unknown = parse(
        mountedFile(describePlatform(settings), "prometheus", "/etc/prometheus/prometheus.yml"),
      );
      const { scheme, tls_config, metrics_path } =
        list(at(rendered, "scrape_configs"))
          .map(Object)
          .find((job) => at(job, "job_name") === "backend") ?? {};
      const mounted = (text: string) => text.replace("/etc/mtls", secured.certificates.folderOf("prometheus"));
      const { ca_file, cert_file, key_file, server_name } = Object(tls_config);
      const trusted = { ca_file: mounted(ca_file), server_name };
      const job = (job_name: string, tls: object) => ({
        job_name,
        scheme,
        metrics_path,
        scrape_interval: "1s",
        static_configs: [{ targets: [`127.0.0.1:${secured.backend.port}`] }],
        tls_config: tls,
      });
      const prometheus = await startPrometheus(secured.on, {
        config: () => ({
          scrape_configs: [
            job("with", { ...trusted, cert_file: mounted(cert_file), key_file: mounted(key_file) }),
            job("without", trusted),
          ],
        }),
      });
      const up = async (job: string) =>
        text(
          at(
            JSON.parse((await asked(`${prometheus.url}/api/v1/query?query=up{job="${job}"}`)).body),
            "data",
            "result",
            0,
            "value",
            1,
          ),
        );
      await eventually(
        () => up("with"),
        (value) => value === "1",
      );
      await eventually(
        () => up("without"),
        (value) => value === "0",
      );
    });

    test("the exporters see the stores by theirs", async () => {
      const placed = (word: string, member: string) =>
        word
          .replaceAll("/etc/mtls", secured.certificates.folderOf(member))
          .replace("database:5432", `localhost:${secured.databasePort}`);
      for (const member of ["redis-exporter", "postgres-exporter"]) {
        secured.certificates.write(member, by.certificate, await issued(by, member));
      }
      const redis = await secured.on.start({
        name: "redis_exporter",
        program: await ensureTool(redisExporter),
        readyPath: "/health",
        words: (_, port) =>
          specOf("redis-exporter").args.map((word) =>
            placed(word, "redis-exporter")
              .replace("cache:6379", `localhost:${secured.cachePort}`)
              .replace(":9121", `127.0.0.1:${port}`),
          ),
        environment: { ...process.env, REDIS_PASSWORD: password },
      });
      await eventually(
        () => sample(`${redis.url}/metrics`, "redis_up"),
        (value) => value === "1",
      );
      const { DATA_SOURCE_URI = "" } = specOf("postgres-exporter").variables;
      const postgres = await secured.on.start({
        name: "postgres_exporter",
        program: await ensureTool(postgresExporter),
        readyPath: "/",
        words: (_, port) => specOf("postgres-exporter").args.map((word) => word.replace(":9187", `127.0.0.1:${port}`)),
        environment: {
          ...process.env,
          DATA_SOURCE_URI: placed(DATA_SOURCE_URI, "postgres-exporter"),
          DATA_SOURCE_USER: "trading",
          DATA_SOURCE_PASS: password,
        },
      });
      await eventually(
        () => sample(`${postgres.url}/metrics`, "pg_up"),
        (value) => value === "1",
      );
    });
  });

  const members = ["gateway", "backend", "database", "cache"];
  const identityOf = (member: string): string =>
    readFileSync(join(secured.certificates.folderOf(member), "identity.pem"), "utf8");

  /** Each step in the files of every member, one after the other, under load; what the load's clients saw. */
  async function underLoad(steps: readonly ((member: string) => Promise<void>)[]) {
    const load = startLoad(`${secured.gateway.url}/api/v1/health`, 8, 60);
    await load.reach(60);
    for (const step of steps) {
      for (const member of members) await step(member);
      // The watches look each second, the backend each five.
      await delay(7_000);
      await load.reach(load.sent() + 60);
    }
    return load.stop();
  }

  test("rotated under load, no request fails and everybody shows the new one [requirement next/mtls]", async () => {
    const { certificates, backend, cachePort } = secured;
    const pem = await issued(by, "gateway");
    const shown = () =>
      Promise.all([backend.port, cachePort].map((port) => serialOf(door(port), { ca: by.certificate, pem })));
    const before = await shown();
    const rotate = async (member: string) => certificates.write(member, by.certificate, await issued(by, member));
    const { failures, sent } = await underLoad([rotate, rotate]);
    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThan(400);
    for (const serial of await shown()) expect(before).not.toContain(serial);
  });

  test("another authority takes the old one's place in three steps, and the old one's certificates are refused then", async () => {
    const { certificates } = secured;
    const next = await authority();
    const both = next.certificate + by.certificate;
    const { failures } = await underLoad([
      async (member) => certificates.write(member, both, identityOf(member)),
      async (member) => certificates.write(member, both, await issued(next, member)),
      async (member) => certificates.write(member, next.certificate, identityOf(member)),
    ]);
    // nginx is reloaded for it: a customer's idle connection may break as it is used again (RFC 9112, 9.3.1).
    expect(failures.filter(({ keptAlive, why }) => !(keptAlive && why === "ECONNRESET"))).toEqual([]);
    expect(failures.length).toBeLessThan(5);
    for (const knock of Object.values(knocks)) {
      expect(await knock({ ca: next.certificate, pem: await issued(next, "gateway") })).toBe("in");
      expect(await knock({ ca: next.certificate, pem: await issued(by, "gateway") })).not.toBe("in");
    }
    by = next;
  });

  test("the backend tells when certificates end: its own, the stores', and its clients'", async () => {
    const pem = await issued(by, "prometheus");
    const metrics = () =>
      new Promise<string>((resolve, reject) => {
        request(
          `https://localhost:${secured.backend.port}/api/v1/metrics/prometheus`,
          { agent: false, ...tlsOf({ ca: by.certificate, pem }) },
          (answer) => {
            let body = "";
            answer
              .setEncoding("utf8")
              .on("data", (part: string) => (body += part))
              .on("end", () => resolve(body));
          },
        )
          .on("error", reject)
          .end();
      });
    const found = [
      ...(await metrics()).matchAll(/^app_certificate_end_timestamp_seconds\{.*certificate="([\w-]+)".*\} (\S+)$/gm),
    ];
    expect(found.map(([, of]) => of).sort()).toEqual(["backend", "cache", "database", "gateway", "prometheus"]);
    for (const [, , end] of found) expect(Number(end) - Date.now() / 1000).toBeGreaterThan(29 * 86_400 - 600);
  });
});
