import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { databaseLogins } from "../../../../components/application/database-login.ts";
import type { Settings } from "../../../../components/settings.ts";
import { describePlatform, membersOf } from "../../../../components/specification.ts";
import { certsPolicy, operatorPolicy, workloadPolicies } from "../../../../components/vault/policies.ts";
import { settingsInVault } from "../../../../components/vault/testing.ts";
import { isWorkload } from "../../../../components/workload/index.ts";
import { isData, valueAt } from "../../../../stacks/layers.ts";
import { checkCerts, issueCerts, rotateCerts } from "../../../certs/certs.ts";
import { certifiedMembers, certsGround } from "../../../certs/ground.ts";
import { root } from "../../../root.ts";
import { checkSecrets } from "../../check.ts";
import { keepSecret, keptSecret } from "../../keep.ts";
import { lookUp } from "../../look-up.ts";
import { secretsJson, secretsText } from "../../report.ts";
import { heldInVault, readFromVault, writeToVault } from "../entries.ts";
import { requireOpen } from "../ready.ts";
import { rawly, type VaultPlace } from "./place.ts";

const value = "s3cret-of-this-test";

/** What holds on every Vault: run on the stand-in in each run, on a real one at `--size=issue`. */
export function vaultCases(name: string, open: () => Promise<VaultPlace>): void {
  describe(name, () => {
    let place: VaultPlace;
    beforeAll(async () => {
      place = await open();
    }, 1_800_000);
    afterAll(() => place?.close());
    beforeEach(() => {
      vi.stubEnv("VAULT_TOKEN", place.rootToken);
    });
    afterEach(() => {
      vi.unstubAllEnvs();
    });

    const settings = () => settingsInVault("dev", "docker", { vault: { address: place.address } });
    const vault = () => {
      const said = settings().vault;
      if (said === undefined) throw new Error("no Vault");
      return said;
    };
    const at = (path: string, key = "value") => ({ kind: "vault", path, key }) as const;
    const as = async (policy: { name: string; text: string }): Promise<string> => {
      const asRoot = (method: string, path: string, body?: unknown) =>
        rawly(place, place.rootToken, method, path, body);
      await asRoot("PUT", `sys/policies/acl/${policy.name}`, { policy: policy.text });
      await asRoot("POST", `auth/approle/role/${policy.name}`, { token_policies: policy.name, token_ttl: "1h" });
      const roleId = valueAt((await asRoot("GET", `auth/approle/role/${policy.name}/role-id`)).body, [
        "data",
        "role_id",
      ]);
      const secretId = valueAt((await asRoot("POST", `auth/approle/role/${policy.name}/secret-id`, {})).body, [
        "data",
        "secret_id",
      ]);
      const login = await rawly(place, "", "POST", "auth/approle/login", { role_id: roleId, secret_id: secretId });
      return String(valueAt(login.body, ["auth", "client_token"]));
    };

    test("a value is written, read, and known by its date, without the entry's other keys being lost", async () => {
      const began = Date.now();
      await writeToVault(vault(), at("cases/one", "first"), value);
      await writeToVault(vault(), at("cases/one", "second"), "another");
      expect(await readFromVault(vault(), at("cases/one", "first"))).toBe(value);
      expect(await readFromVault(vault(), at("cases/one", "second"))).toBe("another");
      const held = await heldInVault(vault(), at("cases/one", "first"));
      expect(held.state === "there" ? (held.since?.getTime() ?? 0) : 0).toBeGreaterThan(began - 5_000);
    });

    test("no entry, and no such key in one, are missing; who reads is told which, and how to set it", async () => {
      expect(await heldInVault(vault(), at("cases/none"))).toEqual({ state: "missing" });
      await writeToVault(vault(), at("cases/two", "other"), value);
      expect(await heldInVault(vault(), at("cases/two"))).toEqual({ state: "missing" });
      await expect(readFromVault(vault(), at("cases/none"))).rejects.toThrow(
        "Vault has no entry cases/none below secret; run: vault kv put -cas=0 -mount=secret cases/none value=-",
      );
      await expect(readFromVault(vault(), at("cases/two"))).rejects.toThrow(
        "Vault has no key value in the entry cases/two below secret; run:",
      );
    });

    test("secrets check tells what is there, missing and too old, and no value [requirement next/vault]", async () => {
      const stack = settings();
      const members = membersOf(describePlatform(stack));
      await keepSecret(stack, "tokenSigningKey", value);
      await keepSecret(stack, "cachePassword", value);
      const checkedAt = async (now: Date) => checkSecrets(stack, members, await lookUp(root, "dev", stack.vault), now);
      const today = await checkedAt(new Date());
      const of = (secret: string, all = today) => all.find((one) => one.secret === secret);
      expect(of("tokenSigningKey")).toMatchObject({
        verdict: "fine",
        place: "Vault trading/dev/tokenSigningKey, key value",
      });
      // What development makes by itself elsewhere is nowhere here.
      expect(of("smtpPassword")).toMatchObject({
        verdict: "missing",
        remedy: "vault kv put -cas=0 -mount=secret trading/dev/smtpPassword value=-",
      });
      expect(of("vault/backend/secretId")).toMatchObject({
        verdict: "missing",
        remedy: "pulumi config set --secret secrets:vault/backend/secretId --stack dev",
      });
      const later = await checkedAt(new Date(Date.now() + 91 * 86_400_000));
      expect(of("cachePassword", later)).toMatchObject({
        verdict: "too old",
        remedy: "vault kv patch -mount=secret trading/dev/cachePassword value=-",
      });
      expect(secretsText(later) + secretsJson("dev", later)).not.toContain(value);
    });

    test("a rotation keeps its new password there", async () => {
      const stack = settings();
      await keepSecret(stack, "databasePasswordA", "first");
      await keepSecret(stack, "databasePasswordA", value);
      expect(await keptSecret(stack, "databasePasswordA")).toBe(value);
    });

    test("a workload cannot read another's secret; the one who tends them reads none [requirement next/vault]", async () => {
      const stack = settings();
      const policies = workloadPolicies(stack);
      const entries = [...new Set(policies.flatMap((policy) => [...entriesOf(stack, policy.name)]))];
      for (const entry of entries)
        await rawly(place, place.rootToken, "POST", `secret/data/${entry}`, { data: { value } });
      expect(policies.length).toBeGreaterThan(6);
      for (const policy of policies) {
        const own = entriesOf(stack, policy.name);
        const token = await as(policy);
        for (const entry of entries) {
          const { status, body } = await rawly(place, token, "GET", `secret/data/${entry}`);
          expect([policy.name, entry, status]).toEqual([policy.name, entry, own.has(entry) ? 200 : 403]);
          if (!own.has(entry)) expect(JSON.stringify(body)).not.toContain(value);
          expect((await rawly(place, token, "POST", `secret/data/${entry}`, { data: { value: "mine" } })).status).toBe(
            403,
          );
        }
      }
      const operator = operatorPolicy(stack);
      if (operator === undefined) throw new Error("nobody tends them");
      vi.stubEnv("VAULT_TOKEN", await as(operator));
      expect(await heldInVault(vault(), at("trading/dev/cachePassword"))).toMatchObject({ state: "there" });
      await keepSecret(stack, "cachePassword", "another");
      await expect(keptSecret(stack, "cachePassword")).rejects.toThrow(/refuses your token/);
    });

    test("certs keeps the authority and every member's certificate there, by a policy of its own that reads nothing else", async () => {
      const stack = settingsInVault("dev", "docker", { vault: { address: place.address }, mtls: true });
      const policy = certsPolicy(stack);
      const operator = operatorPolicy(stack);
      if (policy === undefined || operator === undefined) throw new Error("nobody tends them");
      const said: string[] = [];
      const opened = () => certsGround(stack, (line) => void said.push(line));
      vi.stubEnv("VAULT_TOKEN", await as(policy));
      const made = await issueCerts(await opened());
      expect(made).toEqual(["authority", ...certifiedMembers(stack)]);
      // Read anew from there, each with its key, and nothing is made twice.
      expect((await checkCerts(await opened())).map(({ verdict }) => verdict)).toEqual(made.map(() => "fine"));
      expect(await issueCerts(await opened())).toEqual([]);
      const before = await keptSecret(stack, "mtlsBackend");
      expect(before).toMatch(/BEGIN CERTIFICATE[\s\S]*BEGIN PRIVATE KEY/);
      await rotateCerts(await opened());
      expect(await keptSecret(stack, "mtlsBackend")).not.toBe(before);
      expect((await checkCerts(await opened())).map(({ verdict }) => verdict)).toEqual(made.map(() => "fine"));
      expect(said.join("\n")).not.toContain("PRIVATE KEY");
      await expect(keptSecret(stack, "databasePassword")).rejects.toThrow(/refuses your token/);
      // Who tends the other secrets is told, and no member's certificate is made by an authority that nobody read.
      vi.stubEnv("VAULT_TOKEN", await as(operator));
      await expect(issueCerts(await opened())).rejects.toThrow(
        /refuses your token for GET secret\/data\/.*mtlsAuthority/,
      );
      // The key that signs is no workload's.
      const key = "secret/data/trading/dev/mtlsAuthorityKey";
      for (const workload of workloadPolicies(stack)) {
        const { status } = await rawly(place, await as(workload), "GET", key);
        expect([workload.name, status]).toEqual([workload.name, 403]);
      }
    }, 120_000);

    test("certs says that Vault is sealed, and makes nothing", async () => {
      const stack = settingsInVault("dev", "docker", { vault: { address: place.address }, mtls: true });
      const ground = await certsGround(stack, () => {});
      await place.seal();
      try {
        await expect(issueCerts(ground)).rejects.toThrow(`Vault at ${place.address} is sealed`);
      } finally {
        await place.unseal();
      }
    });

    test("an expired token is told, with the way out; it is no 'missing' and changes nothing [requirement next/vault]", async () => {
      await writeToVault(vault(), at("cases/kept"), value);
      vi.stubEnv("VAULT_TOKEN", "expired");
      const message = `Vault at ${place.address} refuses your token for GET secret/metadata/cases/kept: it has expired, or its policy does not say so; run: vault login -address=${place.address} (./platform secrets policies prints the policy that is needed); nothing was changed`;
      expect(await heldInVault(vault(), at("cases/kept"))).toEqual({ state: "not told", why: message });
      await expect(writeToVault(vault(), at("cases/kept"), "lost")).rejects.toThrow(
        /refuses your token for PATCH secret\/data\/cases\/kept/,
      );
      vi.stubEnv("VAULT_TOKEN", place.rootToken);
      expect(await readFromVault(vault(), at("cases/kept"))).toBe(value);
    });

    test("a sealed Vault is told, with the way out; what it holds is there afterwards [requirement next/vault]", async () => {
      await writeToVault(vault(), at("cases/sealed"), value);
      await place.seal();
      try {
        const message = `Vault at ${place.address} is sealed; run: vault operator unseal -address=${place.address}, and call again; nothing was changed`;
        expect(await heldInVault(vault(), at("cases/sealed"))).toEqual({ state: "not told", why: message });
        await expect(writeToVault(vault(), at("cases/sealed"), "lost")).rejects.toThrow(message);
        await expect(readFromVault(vault(), at("cases/sealed"))).rejects.toThrow(message);
      } finally {
        await place.unseal();
      }
      expect(await readFromVault(vault(), at("cases/sealed"))).toBe(value);
    });

    test("up is refused before the plan while Vault is sealed; who cannot reach it goes on", async () => {
      await place.seal();
      try {
        await expect(requireOpen(settings())).rejects.toThrow(`Vault at ${place.address} is sealed`);
      } finally {
        await place.unseal();
      }
      await requireOpen(settings());
      await requireOpen(settingsInVault("dev", "docker", { vault: { address: "http://127.0.0.1:9" } }));
    });

    test("a Vault that is away is told", async () => {
      const nowhere = { ...vault(), address: "http://127.0.0.1:9" };
      await expect(readFromVault(nowhere, at("cases/one"))).rejects.toThrow(
        /^Vault at http:\/\/127\.0\.0\.1:9 does not answer \(.*\); start it, or correct vault\.address; nothing was changed$/,
      );
    });

    test("who is logged in nowhere is told how", async () => {
      vi.stubEnv("VAULT_TOKEN", "");
      vi.stubEnv("HOME", "/nowhere");
      await expect(readFromVault(vault(), at("cases/one"))).rejects.toThrow(
        `nobody is logged in to Vault; run: vault login -address=${place.address}, or set VAULT_TOKEN`,
      );
    });

    test("an engine that is no KV of version 2 is told", async () => {
      const wrong = { ...vault(), mount: "other" };
      await expect(writeToVault(wrong, at("cases/one"), value)).rejects.toThrow(
        `Vault at ${place.address} has no KV engine of version 2 at other; correct vault.mount, or run: vault secrets enable -path=other -version=2 kv`,
      );
      expect(isData(await heldInVault(wrong, at("cases/one")))).toBe(true);
    });
  });
}

/** What the agents of a role read, whoever's turn it is to log in to the database. */
const entriesOf = (settings: Settings, role: string): ReadonlySet<string> =>
  new Set(
    databaseLogins.flatMap((login) =>
      membersOf(describePlatform({ ...settings, database: { ...settings.database, login } }))
        .filter(isWorkload)
        .flatMap(({ agent }) => (agent?.role === role ? agent.files.map(({ entry }) => entry) : [])),
    ),
  );
