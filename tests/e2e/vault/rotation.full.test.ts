import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { keepSecret, keptSecret } from "../../../cli/secrets/keep.ts";
import { administratorBy, psqlWords } from "../../../cli/secrets/rotation/administrator.ts";
import { rotate } from "../../../cli/secrets/rotation/rotate.ts";
import { Consumers, drainMs, executedOrders, underLoad } from "../../../cli/secrets/rotation/testing/consumers.ts";
import { rawly, type VaultPlace } from "../../../cli/secrets/vault/testing/place.ts";
import { ensureVault } from "../../../cli/setup/vault.ts";
import { type DatabaseLogin, loginRole } from "../../../components/application/database-login.ts";
import type { Settings } from "../../../components/settings.ts";
import { operatorPolicy } from "../../../components/vault/policies.ts";
import { settingsInVault } from "../../../components/vault/testing.ts";
import type { SecretName } from "../../../components/workload/index.ts";
import { readConfiguration, type Service } from "../../../services/backend/configuration.ts";
import {
  eventually,
  startProcess,
  type TestProcess,
  testConfiguration,
} from "../../../services/backend/testing/backend.ts";
import { startedServers } from "../../../services/backend/testing/servers.ts";
import { valueAt } from "../../../stacks/layers.ts";
import { ended, launch, until } from "../../support/process.ts";
import { realVault } from "../../support/products/vault.ts";
import { agentCommand, appRoleCredentials, fileOf, makeAppRoles, onDocker, servedAs } from "./agents.ts";

const servers = process.env.TEST_SIZE === "issue" ? await startedServers() : undefined;
/** From the user itself to a, to b, to a. */
const rotations = 3;
const first = "the-first-password";

describe.skipIf(servers === undefined)("rotation of the database password that a real Vault holds", () => {
  if (servers === undefined) return;
  const { postgres, redis } = servers;
  const { host, port, user, name } = postgres.configuration;
  const folder = mkdtempSync(join(tmpdir(), "rotation-"));
  let place: VaultPlace;
  let program: string;
  let socket = "";
  let login: DatabaseLogin = "owner";
  let agents = 0;
  let consumers: Consumers;

  const settings = (): Settings =>
    settingsInVault("dev", "docker", { vault: { address: place.address }, database: { login } });

  const connect = async (as: string, password: string): Promise<pg.Client> => {
    const client = new pg.Client({ host, port, user: as, password, database: name });
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const isLetIn = async (as: string, password: string): Promise<boolean> => {
    try {
      await (await connect(as, password)).end();
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && ["28P01", "28000"].includes(String(error.code))) return false;
      throw error;
    }
  };

  /** PostgreSQL asks whoever comes over the network for a password, as in the official image. */
  async function closeDatabase(): Promise<void> {
    const client = await connect(user, "");
    const shown = async (what: string) => String(Object.values((await client.query(`show ${what}`)).rows[0] ?? {})[0]);
    socket = await shown("unix_socket_directories");
    await client.query(`alter role ${user} password '${first}'`);
    writeFileSync(await shown("hba_file"), "local all all trust\nhost all all all scram-sha-256\n");
    await client.query("select pg_reload_conf()");
    await client.end();
    await eventually(
      () => isLetIn(user, "wrong"),
      (isIn) => !isIn,
    );
  }

  /** What the stack's secrets are before, policies and roles as `./platform secrets policies` says, and no other token. */
  async function fillVault(): Promise<void> {
    vi.stubEnv("VAULT_TOKEN", place.rootToken);
    const held: Partial<Record<SecretName, string>> = {
      databasePassword: first,
      cachePassword: redis.configuration.password,
      applicationAdminPassword: testConfiguration.adminPassword,
      tokenSigningKey: testConfiguration.tokenSigningKey,
      alertWebhookToken: testConfiguration.alertWebhookToken,
    };
    for (const [secret, value] of Object.entries(held)) {
      const { vault, secrets } = settings();
      const source = Object.entries(secrets).find(([each]) => each === secret)?.[1];
      if (source?.kind !== "vault") throw new Error(`${secret} is not in Vault`);
      const path = `${vault?.mount}/data/${source.path}`;
      await rawly(place, place.rootToken, "POST", path, { data: { [source.key]: value } });
    }
    await makeAppRoles(place, settings());
    const operator = operatorPolicy(settings());
    if (operator === undefined) throw new Error("nobody tends the secrets");
    await rawly(place, place.rootToken, "PUT", `sys/policies/acl/${operator.name}`, { policy: operator.text });
    const made = await rawly(place, place.rootToken, "POST", "auth/token/create", {
      policies: [operator.name],
      no_default_policy: true,
    });
    vi.stubEnv("VAULT_TOKEN", String(valueAt(made.body, ["auth", "client_token"])));
  }

  /** As the target starts one: its agent first, and when that has written every file, the process that reads them. */
  async function startInstance(service: Service): Promise<TestProcess> {
    agents += 1;
    const own = mkdtempSync(join(folder, `${service}-${agents}-`));
    const { agent, variables } = servedAs(settings(), service);
    const credentials = await appRoleCredentials(place, agent);
    const started = launch({
      name: "agent",
      folder: own,
      ...agentCommand(agent, { vault: program, folder: own, place: onDocker, credentials }),
    });
    try {
      const paths = [join(own, "token"), ...agent.files.map(({ path }) => fileOf(own, path))];
      await until(`${service}'s agent`, async () => paths.every((path) => statSync(path).size > 0) || undefined, {
        launched: [started],
      });
      const files = Object.entries(variables).flatMap(([variable, value]) =>
        variable.endsWith("_FILE") ? [[variable, fileOf(own, value)]] : [],
      );
      const { database, cache } = readConfiguration(
        { ...environment, DATABASE_USER: variables.DATABASE_USER, ...Object.fromEntries(files) },
        service,
      );
      const running = await startProcess(service, { database, cache }, {}, drainMs);
      return {
        ...running,
        stop: async () => {
          await running.stop();
          await ended(started);
        },
      };
    } catch (error) {
      await ended(started);
      throw error;
    }
  }
  /** What is the machine's here and a container's there. */
  const environment: NodeJS.ProcessEnv = {
    PORT: "0",
    ENVIRONMENT: "development",
    SERVICE_VERSION: testConfiguration.version,
    LOG_LEVEL: "WARNING",
    LOG_FORMAT: "json",
    DATABASE_HOST: host,
    DATABASE_PORT: String(port),
    DATABASE_NAME: name,
    DATABASE_TLS: "disable",
    CACHE_HOST: redis.configuration.host,
    CACHE_PORT: String(redis.configuration.port),
    CACHE_TLS: "disable",
  };

  beforeAll(async () => {
    program = await ensureVault();
    place = await realVault();
    await closeDatabase();
    await fillVault();
    consumers = await Consumers.start(startInstance);
  }, 1_800_000);
  afterAll(async () => {
    await consumers?.stop();
    await place?.close();
    await servers.stop();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  test("each new password goes into Vault, by the agents into files, and into use: not one request fails, the old ones are refused", async () => {
    const psql = globSync("/usr/lib/postgresql/*/bin/psql").at(-1) ?? "psql";
    const words = [psql, `--host=${socket}`, `--port=${port}`, ...psqlWords({ user, name })];
    const used: { readonly role: string; readonly password: string }[] = [];
    const inForce = async () => {
      const { role, secret } = loginRole({ user }, login);
      vi.stubEnv("VAULT_TOKEN", place.rootToken);
      return { role, password: await keptSecret(settings(), secret) };
    };
    const asOperator = process.env.VAULT_TOKEN;
    const agentsBefore = agents;
    const began = Date.now();
    const { answered, failed, placed } = await underLoad(consumers, 5, async () => {
      for (let count = 0; count < rotations; count += 1) {
        used.push(await inForce());
        vi.stubEnv("VAULT_TOKEN", asOperator);
        const before = settings();
        await rotate({
          database: { ...before.database, user, name },
          administrator: administratorBy({ program: "env", words }),
          kept: (secret) => keptSecret(before, secret),
          keep: (secret, value) => keepSecret(before, secret, value),
          chooseLogin: async (chosen) => {
            login = chosen;
          },
          deploy: () => consumers.roll(),
          patience: 20_000,
          say: () => {},
        });
      }
    });
    const seconds = Math.round((Date.now() - began) / 1000);
    console.log(
      `${rotations} rotations in ${seconds} s by ${agents - agentsBefore} agents: ${answered} requests, ${failed.length} failed, ${placed.length} orders`,
    );
    expect(failed.slice(0, 5)).toEqual([]);
    expect(placed.length).toBeGreaterThan(20);
    const now = await inForce();
    expect(login).toBe("a");
    expect(new Set([...used, now].map(({ password }) => password)).size).toBe(rotations + 1);
    for (const { role, password } of used) expect([role, await isLetIn(role, password)]).toEqual([role, false]);
    expect(await isLetIn(now.role, now.password)).toBe(true);
    const files = globSync(join(folder, "*", "files", "**", "DATABASE_PASSWORD"));
    const written = files.map((file) => readFileSync(file, "utf8"));
    // Three backends and a worker had each one.
    for (const { password } of [...used, now]) expect(written.filter((text) => text === password)).toHaveLength(4);
    expect(await executedOrders(await connect(now.role, now.password))).toBe(placed.length);
  }, 600_000);
});
