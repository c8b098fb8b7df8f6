import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import pg from "pg";
import type { KeyPair } from "../../../cli/engine/developer/certificate.ts";
import { freePort } from "../../../cli/open/free-port.ts";
import { probePort } from "../../../components/mtls.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import type { WorkloadSpec } from "../../../components/workload/index.ts";
import { startProcess, type TestProcess } from "../../../services/backend/testing/backend.ts";
import { idsOf, postgresFolder, startPostgres } from "../../../services/backend/testing/servers.ts";
import { ended, type Launched, launch, until } from "../../support/process.ts";
import { type Gateway, startGateway } from "../../support/products/gateway.ts";
import { type Ground, ground } from "../../support/products/product.ts";
import { writeMounted } from "../../support/products/protected.ts";
import { settingsOf } from "../../support/stacks.ts";
import { type Certificates, certificatesIn, issued } from "./certificates.ts";

/** dev with mTLS: what its members' files and arguments say is what the real products of the test are started with. */
export const settings = settingsOf("dev", "docker", { mtls: true });
const specs = new Map(
  membersOf(describePlatform(settings))
    .filter(isWorkload)
    .map((spec) => [spec.name, spec]),
);

export function specOf(name: string): WorkloadSpec {
  const spec = specs.get(name);
  if (spec === undefined) throw new Error(`no member ${name}`);
  return spec;
}

export const password = "of-a-test-alone";

/** nginx, backend, PostgreSQL and Redis, each with its own certificate. */
export interface Secured {
  readonly certificates: Certificates;
  readonly gateway: Gateway;
  readonly backend: TestProcess;
  readonly databasePort: number;
  readonly cachePort: number;
  readonly probePort: number;
  readonly on: Ground;
  stop(): Promise<void>;
}

/** Looks at files as often as that in tests: nobody waits ten seconds. */
const eachSecond = (script: string): string => script.replace("sleep 10", "sleep 1");

export async function startSecured(by: KeyPair): Promise<Secured> {
  const folder = mkdtempSync(join(tmpdir(), "mtls-"));
  chmodSync(folder, 0o755);
  const ids = process.getuid?.() === 0 ? idsOf("postgres") : undefined;
  const certificates = certificatesIn(folder, (path) => {
    if (ids !== undefined && path.includes("/database/")) chownSync(path, ids.uid, ids.gid);
  });
  for (const member of ["gateway", "backend", "database", "cache", "prometheus"]) {
    certificates.write(member, by.certificate, await issued(by, member));
  }
  const watches: Launched[] = [];
  const postgres = await startPostgres();
  watches.push(await secureDatabase(postgres.configuration.port, certificates.folderOf("database"), folder, ids));
  const cache = await startCache(certificates.folderOf("cache"), folder);
  const probes = await freePort();
  const backend = await startProcess(
    "backend",
    {
      database: { ...postgres.configuration, host: "localhost", password, tls: "mutual" },
      cache: { host: "localhost", port: cache.port, password, tls: "mutual" },
    },
    {
      mutual: {
        authority: join(certificates.folderOf("backend"), "ca.crt"),
        certificate: join(certificates.folderOf("backend"), "identity.pem"),
        clients: (specOf("backend").variables.TLS_CLIENTS ?? "").split(","),
        probePort: probes,
      },
    },
  );
  const on = ground("mtls-gateway");
  const upstream = { host: "127.0.0.1", port: backend.port };
  const gateway = await startGateway(on, {
    backend: upstream,
    frontend: upstream,
    settings,
    certificates: certificates.folderOf("gateway"),
  });
  const reload = join(gateway.folder, "reload.sh");
  writeFileSync(reload, eachSecond((await import("node:fs")).readFileSync(reload, "utf8")));
  watches.push(launch({ name: "gateway-watch", program: "sh", words: [reload], folder: gateway.folder }));
  return {
    certificates,
    gateway,
    backend,
    databasePort: postgres.configuration.port,
    cachePort: cache.port,
    probePort: probes,
    on,
    stop: async () => {
      for (const watch of [...watches, ...cache.watches]) await ended(watch);
      await on.clear();
      await backend.stop();
      await ended(cache.server);
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Puts the member's own access rules and parameters in force on a server that runs, and its watch beside it. */
async function secureDatabase(
  port: number,
  mounted: string,
  folder: string,
  ids: { readonly uid: number; readonly gid: number } | undefined,
): Promise<Launched> {
  const spec = specOf("database");
  const client = new pg.Client({ host: "127.0.0.1", port, user: "trading", database: "postgres" });
  await client.connect();
  const { rows } = await client.query(
    "select setting from pg_settings where name = 'hba_file' union all select setting from pg_settings where name = 'data_directory'",
  );
  const [{ setting: hba }, { setting: data }] = rows;
  const rules = spec.files.find(({ path }) => path.endsWith("pg_hba.conf"))?.content ?? "";
  writeFileSync(hba, rules);
  await client.query(`alter role trading password '${password}'`);
  for (const argument of spec.args.filter((each) => each.startsWith("ssl"))) {
    const [name, value = ""] = argument.split("=");
    await client.query(`alter system set ${name} = '${value.replace("/etc/mtls", mounted)}'`);
  }
  await client.query("select pg_reload_conf()");
  await client.end();
  const script = spec.files.find(({ path }) => path.endsWith("reload.sh"))?.content ?? "";
  const file = join(folder, "database-reload.sh");
  writeFileSync(file, eachSecond(script.replaceAll("/etc/mtls", mounted)));
  const environment = { ...process.env, PGDATA: data, PATH: `${postgresFolder() ?? ""}:${process.env.PATH}` };
  return launch({
    name: "database-watch",
    program: "sh",
    words: [file],
    folder,
    environment,
    ...(ids && { user: ids }),
  });
}

async function startCache(mounted: string, folder: string) {
  const spec = specOf("cache");
  const port = await freePort();
  const own = join(folder, "redis");
  const placed = (text: string): string =>
    text
      .replaceAll("/etc/mtls", mounted)
      .replaceAll("/run/cache", own)
      .replaceAll("dir /data", `dir ${own}`)
      .replaceAll("tls-port 6379", `tls-port ${port}\nbind 127.0.0.1`);
  mkdirSync(own);
  const files = spec.files.map((file) => ({ ...file, content: placed(file.content) }));
  const secretFiles = spec.secretFiles.filter(({ live }) => live !== true);
  writeMounted(own, { files, secretFiles }, { cachePassword: password });
  const configuration = join(own, "etc/cache/redis.conf");
  const environment = { ...process.env, REDISCLI_AUTH: password };
  const server = launch({ name: "redis", program: "redis-server", words: [configuration], folder: own });
  await until(
    "redis answers on its socket",
    async () => {
      const { execFileSync } = await import("node:child_process");
      return execFileSync("redis-cli", ["-s", join(own, "socket"), "ping"], {
        env: environment,
        encoding: "utf8",
      }).includes("PONG")
        ? true
        : undefined;
    },
    { launched: [server] },
  );
  const reload = join(own, "etc/cache/reload.sh");
  copyFileSync(reload, join(own, basename(reload)));
  writeFileSync(reload, eachSecond((await import("node:fs")).readFileSync(reload, "utf8")));
  const watch = launch({ name: "redis-watch", program: "sh", words: [reload], folder: own, environment });
  return { port, server, watches: [watch] };
}

/** Where probes ask in the container; the test's own process has another port. */
export const stated = { probePort };
