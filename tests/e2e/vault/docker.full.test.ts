import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { provideImages } from "../../../cli/images/provide.ts";
import { storeOf } from "../../../cli/images/store.ts";
import { wantedImages } from "../../../cli/images/wanted.ts";
import { rawly, type VaultPlace } from "../../../cli/secrets/vault/testing/place.ts";
import { ensureVault } from "../../../cli/setup/vault.ts";
import { probeImage } from "../../../components/blueprint.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import { workloadPolicies } from "../../../components/vault/policies.ts";
import { imageReference, type WorkloadSpec } from "../../../components/workload/index.ts";
import { connect } from "../../../offline/docker/daemon/client.ts";
import { valueAt } from "../../../stacks/layers.ts";
import { type DockerStack, makeDockerStack } from "../../engine/docker/stack.ts";
import { runIn } from "../../images/run.ts";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { realVault } from "../../support/products/vault.ts";
import { settingsOf } from "../../support/stacks.ts";

/** Building Vault takes ten minutes. */
const daemon = process.env.TEST_SIZE === "issue" ? await dockerDaemon() : undefined;

const password = "s3cret-of-this-test";
const entry = "trading/dev/cachePassword";

describe.skipIf(daemon === undefined)(
  "the cache on a real daemon, its password in a real Vault",
  { timeout: 300_000 },
  () => {
    let of: DockerStack;
    let place: VaultPlace;
    let settings: Settings;
    let cache: WorkloadSpec;

    beforeAll(async () => {
      if (daemon === undefined) return;
      const bridge: unknown = await daemon.docker.getNetwork("bridge").inspect();
      place = await realVault(String(valueAt(bridge, ["IPAM", "Config", 0, "Gateway"])));
      settings = settingsOf("dev", "docker", {
        vault: { address: place.address },
        secrets: { cachePassword: { vault: { path: entry, key: "value" } } },
      });
      const found = membersOf(describePlatform(settings)).find(({ name }) => name === "cache");
      if (found === undefined || !isWorkload(found)) throw new Error("there is no cache");
      cache = found;
      of = await makeDockerStack(daemon);
      const opened = await connect({ host: daemon.host });
      await provideImages(wantedImages(settings, ["redis"]), true, storeOf(opened));
      await agentImage();
    }, 1_800_000);
    afterAll(async () => {
      await of?.destroy();
      for (const name of ["docker-test-dev-cache-data"])
        await daemon?.docker
          .getVolume(name)
          .remove()
          .catch(() => {});
      await of?.remove();
      await place?.close();
      await daemon?.release();
    }, 120_000);

    /** Stands for Vault's own image: the same program, and a shell, over the cache's image. */
    async function agentImage(): Promise<void> {
      if (daemon === undefined || cache.agent === undefined) return;
      const folder = mkdtempSync(join(tmpdir(), "vault-image-"));
      try {
        copyFileSync(await ensureVault(), join(folder, "vault"));
        const lines = [`FROM ${imageReference(cache.image)}`, "COPY vault /bin/vault", "ENTRYPOINT []", ""];
        writeFileSync(join(folder, "Dockerfile"), lines.join("\n"));
        const words = { context: folder, src: ["Dockerfile", "vault"] };
        const output = await daemon.docker.buildImage(words, { t: imageReference(cache.agent.image) });
        await new Promise<void>((resolve, reject) => {
          daemon.docker.modem.followProgress(output, (error) => (error === null ? resolve() : reject(error)));
        });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }

    const asRoot = (method: string, path: string, body?: unknown) => rawly(place, place.rootToken, method, path, body);

    async function credentials(): Promise<Readonly<Record<string, string>>> {
      const role = "trading-dev-cache";
      const [policy] = workloadPolicies(settings).filter(({ name }) => name === role);
      await asRoot("POST", `secret/data/${entry}`, { data: { value: password } });
      await asRoot("PUT", `sys/policies/acl/${role}`, { policy: policy?.text });
      await asRoot("POST", `auth/approle/role/${role}`, { token_policies: role });
      const roleId = await asRoot("GET", `auth/approle/role/${role}/role-id`);
      const secretId = await asRoot("POST", `auth/approle/role/${role}/secret-id`, {});
      return {
        "vault/cache/roleId": String(valueAt(roleId.body, ["data", "role_id"])),
        "vault/cache/secretId": String(valueAt(secretId.body, ["data", "secret_id"])),
      };
    }

    /** The Docker target's own resources for the cache alone. */
    const program = (held: Readonly<Record<string, string>>) => async () => {
      const start = await settings.target.load();
      const root = new pulumi.ComponentResource("test:Root", "root");
      const target = start(
        {
          stack: "dev",
          environment: "development",
          domain: "localhost",
          otherDomains: [],
          version: "1",
          members: [cache],
          secretSources: settings.secrets,
          secretValue: (name) => {
            throw new Error(`the program asks for the value of ${name}`);
          },
          heldValue: (source) => pulumi.secret(source.kind === "config" ? (held[source.key] ?? "") : ""),
          asksCloud: false,
          probeImage: probeImage(settings),
          registry: undefined,
          thirdParty: (original) => original,
          registryUser: undefined,
          imagesKept: 10,
        },
        root,
      );
      target.workload(cache, root);
    };

    async function containersOf(component: string) {
      const filters = { label: ["project=docker-test", `component=${component}`], status: ["running"] };
      return (await daemon?.docker.listContainers({ filters })) ?? [];
    }

    test("starts when its agent has written the password, which is in no state and no variable [requirement next/vault]", async () => {
      await of.up(program(await credentials()));
      const [running] = await containersOf("cache");
      const container = daemon?.docker.getContainer(running?.Id ?? "");
      if (container === undefined) throw new Error("the cache does not run");
      const ask = (command: string) => runIn(container, ["sh", "-c", command]);
      expect((await ask("redis-cli ping")).output).toContain("NOAUTH");
      expect((await ask('REDISCLI_AUTH="$(cat /run/vault/REDISCLI_AUTH)" redis-cli ping')).output).toContain("PONG");
      expect((await ask("cat /etc/cache-auth/auth.conf")).output.trim()).toBe(`requirepass ${password}`);
      expect((await ask("stat -c '%u:%g %a' /etc/cache-auth/auth.conf")).output.trim()).toBe("0:1000 440");
      expect((await ask("echo x > /etc/cache-auth/auth.conf")).code).not.toBe(0);
      expect(JSON.stringify(await container.inspect())).not.toContain(password);
      expect(await of.recorded()).not.toContain(password);
    });

    test("without a change nothing is done, and while Vault is sealed the cache serves on", async () => {
      const held = await credentials();
      await of.up(program(held));
      expect(await of.up(program(held))).toEqual({});
      await place.seal();
      try {
        const [running] = await containersOf("cache");
        const container = daemon?.docker.getContainer(running?.Id ?? "");
        if (container === undefined) throw new Error("the cache does not run");
        await container.restart();
        const ping = ["sh", "-c", 'REDISCLI_AUTH="$(cat /run/vault/REDISCLI_AUTH)" redis-cli ping'];
        await expect.poll(async () => (await runIn(container, ping)).output, { timeout: 30_000 }).toContain("PONG");
      } finally {
        await place.unseal();
      }
    });

    test("a secret id that Vault does not know fails the update with Vault's reason; the cache serves on", async () => {
      const held = await credentials();
      // After five of them Vault locks the role out, and says no more than that.
      await expect(of.up(program({ ...held, "vault/cache/secretId": "ended" }))).rejects.toThrow(
        /not healthy within 120 s[\s\S]*(?:invalid role or secret ID|permission denied)/,
      );
      expect((await containersOf("cache")).length).toBe(1);
      const methods = await asRoot("GET", "sys/auth");
      const accessor = String(valueAt(methods.body, ["approle/", "accessor"]));
      await asRoot("POST", `sys/locked-users/${accessor}/unlock/${held["vault/cache/roleId"]}`);
      await of.up(program(held));
    });
  },
);
