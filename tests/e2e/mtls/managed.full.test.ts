import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueCertificate } from "../../../cli/certs/authority.ts";
import type { KeyPair } from "../../../cli/engine/developer/certificate.ts";
import { freePort } from "../../../cli/open/free-port.ts";
import { postgresExporter, redisExporter } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import { databaseAuthorityPath } from "../../../components/mtls.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import type { KnownServer } from "../../../services/backend/configuration.ts";
import { openCache } from "../../../services/backend/storage/cache.ts";
import { openDatabase } from "../../../services/backend/storage/database.ts";
import { idsOf, startedServers, startPostgres } from "../../../services/backend/testing/servers.ts";
import { asked } from "../../config/gateway/asked.ts";
import { ended, type Launched, launch, until } from "../../support/process.ts";
import { ground } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { authority } from "./certificates.ts";

const servers = await startedServers();
await servers?.stop();

/** What the members of prod are told of the cloud's database and cache. */
const members = membersOf(describePlatform(settingsOf("prod", "ecs"))).filter(isWorkload);
const specOf = (name: string) => members.find((spec) => spec.name === name) ?? expect.unreachable(name);
const told = specOf("backend").variables;

const password = "of-a-test-alone";
const caller = { service: "backend", instance: "test" } as const;

/** The cloud's stores by an alias, as members reach them: real servers, with certificates for the names that the cloud gives. */
describe.skipIf(servers === undefined)("a database and a cache that the cloud runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "managed-"));
  const ids = process.getuid?.() === 0 ? idsOf("postgres") : undefined;
  let stop = async (): Promise<void> => {};
  let databasePort: number;
  let cachePort: number;

  const written = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (ids !== undefined) chownSync(file, ids.uid, ids.gid);
    return file;
  };
  /** @param of the region's authority, or a stranger. */
  const certificateOf = async (of: KeyPair, name: string, member: string): Promise<string> =>
    written(`${member}.pem`, await issueCertificate(of, { member, names: [name], days: 30, now: new Date() }));

  beforeAll(async () => {
    if (servers === undefined) return;
    if (ids !== undefined) chownSync(folder, ids.uid, ids.gid);
    const [own, stranger] = [await authority(), await authority()];
    written("authority.pem", own.certificate);
    written("stranger.pem", stranger.certificate);
    const database = await certificateOf(own, "database-1a2b.c3d4.eu-central-1.rds.amazonaws.com", "database");
    const cache = await certificateOf(own, "*.cache-1a2b.c3d4.euc1.cache.amazonaws.com", "cache");
    const postgres = await startPostgres([
      "fsync=off",
      "ssl=on",
      `ssl_cert_file=${database}`,
      `ssl_key_file=${database}`,
    ]);
    databasePort = postgres.configuration.port;
    cachePort = await freePort();
    const redis: Launched = launch({
      name: "redis",
      program: "redis-server",
      words: [
        ...["--port", "0", "--tls-port", String(cachePort), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
        ...["--tls-cert-file", cache, "--tls-key-file", cache, "--tls-auth-clients", "no"],
        ...["--tls-ca-cert-file", join(folder, "authority.pem"), "--requirepass", password],
      ],
      folder,
    });
    stop = async () => {
      await ended(redis);
      await postgres.stop();
    };
    await until("redis answers", async () => ((await toCache(of("cache"))) === "in" ? true : undefined), {
      launched: [redis],
    });
  });
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As prod's backend is told, but for who signs: of a test. */
  const of = (store: "database" | "cache", changes: Partial<KnownServer> = {}): KnownServer => ({
    authority: join(folder, "authority.pem"),
    names: (store === "database" ? told.DATABASE_TLS_NAMES : told.CACHE_TLS_NAMES) ?? "",
    ...changes,
  });

  async function toDatabase(server: KnownServer): Promise<string> {
    const opened = openDatabase(
      {
        ...caller,
        database: {
          host: "localhost",
          port: databasePort,
          name: "trading",
          user: "trading",
          password,
          tls: "verify",
          server,
        },
      },
      () => {},
    );
    try {
      const [row] = await opened.query<{ ssl: boolean }>("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
      return row?.ssl === true ? "in" : "in, but plainly";
    } catch (error) {
      return causes(error);
    } finally {
      await opened.close();
    }
  }

  async function toCache(server: KnownServer): Promise<string> {
    let said = "";
    const redis = openCache(
      { ...caller, cache: { host: "localhost", port: cachePort, password, tls: "verify", server } },
      ({ message }) => {
        said = message;
      },
    );
    try {
      return await until("an answer, or why there is none", async () => {
        if (redis.status === "ready") return (await redis.ping()) === "PONG" ? "in" : "?";
        return said === "" ? undefined : said;
      });
    } finally {
      redis.disconnect();
    }
  }

  const causes = (error: unknown): string =>
    error instanceof Error ? `${error.message} ${error.cause === undefined ? "" : causes(error.cause)}` : String(error);

  test("prod's members verify both", () => {
    expect(told).toMatchObject({
      DATABASE_TLS: "verify",
      DATABASE_TLS_AUTHORITY: databaseAuthorityPath,
      DATABASE_TLS_NAMES: ".eu-central-1.rds.amazonaws.com",
      CACHE_TLS: "verify",
      CACHE_TLS_NAMES: ".cache.amazonaws.com",
    });
  });

  describe.each([
    { store: "database", knock: toDatabase },
    { store: "cache", knock: toCache },
  ] as const)("the $store", ({ store, knock }) => {
    test("is taken by the name that the cloud gave it, whatever its alias", async () => {
      expect(await knock(of(store))).toBe("in");
    });
    test("is refused where another authority signed for it", async () => {
      expect(await knock(of(store, { authority: join(folder, "stranger.pem") }))).toMatch(
        /self-signed|unable to (?:get|verify)/,
      );
    });
    test("is refused where no public authority did", async () => {
      expect(await knock(of(store, { authority: undefined }))).toMatch(/self-signed|unable to (?:get|verify)/);
    });
    test("is refused with a certificate for another name", async () => {
      expect(await knock(of(store, { names: ".eu-west-1.rds.amazonaws.com" }))).toContain(
        "not for a name in .eu-west-1.rds.amazonaws.com",
      );
    });
  });

  test("the exporters see both, and postgres-exporter only the one that the authority signed for", async () => {
    const on = ground("managed-exporters");
    try {
      const sample = async (url: string, name: string) =>
        new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec((await asked(`${url}/metrics`)).body)?.[1];
      const is = (url: string, name: string, value: string) =>
        until(`${name} ${value}`, async () => ((await sample(url, name)) === value ? true : undefined));
      const redis = await on.start({
        name: "redis_exporter",
        program: await ensureTool(redisExporter),
        readyPath: "/health",
        words: (_, port) =>
          specOf("redis-exporter").args.map((word) =>
            word.replace(/rediss:.*$/, `rediss://localhost:${cachePort}`).replace(":9121", `127.0.0.1:${port}`),
          ),
        environment: { ...process.env, REDIS_PASSWORD: password },
      });
      await is(redis.url, "redis_up", "1");
      for (const [signed, up] of [
        ["authority.pem", "1"],
        ["stranger.pem", "0"],
      ] as const) {
        const exporter = await on.start({
          name: `postgres_exporter-${signed}`,
          program: await ensureTool(postgresExporter),
          readyPath: "/",
          words: (_, port) =>
            specOf("postgres-exporter").args.map((word) => word.replace(":9187", `127.0.0.1:${port}`)),
          environment: {
            ...process.env,
            DATA_SOURCE_URI: (specOf("postgres-exporter").variables.DATA_SOURCE_URI ?? "")
              .replace(/^[^/]+/, `localhost:${databasePort}`)
              .replace(databaseAuthorityPath, join(folder, signed)),
            DATA_SOURCE_USER: "trading",
            DATA_SOURCE_PASS: password,
          },
        });
        await is(exporter.url, "pg_up", up);
      }
    } finally {
      await on.clear();
    }
  }, 180_000);
});
