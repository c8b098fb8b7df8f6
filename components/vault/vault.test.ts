import { describe, expect, test } from "vitest";
import { render } from "../../tests/support/render.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import type { Settings } from "../settings.ts";
import { describePlatform, membersOf, platformProblems } from "../specification.ts";
import { isWorkload, type SecretAgent, type WorkloadSpec } from "../workload/index.ts";
import { agentConfiguration, agentProcess } from "./agent.ts";
import { operatorPolicy, setupCommands, workloadPolicies } from "./policies.ts";
import { settingsInVault } from "./testing.ts";

const places = [
  ["dev", "docker"],
  ["prod", "ecs"],
  ["prod", "kubernetes"],
] as const;

const workloadsOf = (settings: Settings): readonly WorkloadSpec[] =>
  membersOf(describePlatform(settings)).filter(isWorkload);
const agentOf = (settings: Settings, name: string): SecretAgent => {
  const agent = workloadsOf(settings).find((spec) => spec.name === name)?.agent;
  if (agent === undefined) throw new Error(`${name} has no agent`);
  return agent;
};
const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);

describe.each(places)("%s on %s, with its secrets in Vault", (stack, target) => {
  const settings = settingsInVault(stack, target);
  const before = new Map(workloadsOf(settingsOf(stack, target)).map((spec) => [spec.name, spec]));

  test("is a stack without problems", () => {
    expect(platformProblems(settings, describePlatform(settings))).toEqual([]);
  });

  test("finds every secret file where it was, with the same text around it [requirement next/vault]", () => {
    const found = workloadsOf(settings).filter(({ agent }) => agent !== undefined);
    expect(found.length).toBeGreaterThan(6);
    for (const spec of found) {
      const own = before.get(spec.name);
      const now = [...spec.secretFiles, ...(spec.agent?.files ?? [])]
        .map(({ path, secret, template }) => ({ path, secret, template }))
        .filter(({ path }) => !path.startsWith("/run/vault/") && path !== "/etc/loki-secrets/loki.yml");
      const then = (own?.secretFiles ?? []).map(({ path, secret, template }) => ({ path, secret, template }));
      expect([...now].sort(byPath)).toEqual([...then].sort(byPath));
      // What was a variable is a file whose place the program is told.
      const gone = (own?.secretVariables ?? []).filter(
        ({ name }) => !spec.secretVariables.some((it) => it.name === name),
      );
      for (const { name, asFile } of gone) {
        if (asFile?.variable !== undefined) expect(spec.variables[asFile.variable]).toBe(`/run/vault/${name}`);
      }
    }
  });

  test("needs no value in the program: what is deployed holds none", async () => {
    const rendering = await render(settings, describePlatform(settings));
    const held = Object.entries(settings.secrets).filter(([, { kind }]) => kind === "vault");
    const text = JSON.stringify(rendering.resources);
    expect(
      held.filter(
        ([name]) =>
          text.includes(`<value of ${name}>`) || text.includes(Buffer.from(`<value of ${name}>`).toString("base64")),
      ),
    ).toEqual([]);
    expect(text).toContain("exec vault agent");
  }, 120_000);
});

test("a stack that says nothing of Vault has no agent", () => {
  for (const [stack, target] of places) {
    expect(workloadsOf(settingsOf(stack, target)).filter(({ agent }) => agent !== undefined)).toEqual([]);
  }
});

describe("the agent", () => {
  test("logs in by AppRole with files in its own memory, and writes what it fetches for the group alone", () => {
    const agent = agentOf(settingsInVault("prod", "ecs"), "backend");
    const text = agentConfiguration(agent, { fileAt: (path) => `/prepare${path}`, runs: "once", owner: "root" });
    expect(text).toMatch(/^exit_after_auth = true\n/);
    expect(text).toContain('  method "approle" {\n    mount_path = "auth/approle"\n    exit_on_err = true');
    expect(text).toContain('secret_id_file_path = "/tmp/agent_secret_id"');
    expect(text).toContain(
      String.raw`contents = "{{ with secret \"secret/data/trading/prod/tokenSigningKey\" }}{{ printf \"%s%s%s\" \"\" .Data.data.value \"\" }}{{ end }}"`,
    );
    expect(text).toContain(
      'destination = "/prepare/run/vault/TOKEN_SIGNING_KEY"\n  perms = "0440"\n  error_on_missing_key = true',
    );
    expect(agent.login).toEqual({
      kind: "approle",
      mount: "approle",
      roleId: {
        kind: "secretsManager",
        arn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/vault/backend/roleId",
      },
      secretId: {
        kind: "secretsManager",
        arn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/vault/backend/secretId",
      },
    });
  });

  test("logs in by the pod's account on Kubernetes: nothing is stored for it", () => {
    const agent = agentOf(settingsInVault("prod", "kubernetes"), "backend");
    expect(agent.login).toEqual({ kind: "kubernetes", mount: "kubernetes" });
    expect(agentConfiguration(agent, { fileAt: (path) => path, runs: "once", owner: "root" })).toContain(
      'role = "trading-prod-backend"\n      token_path = "/var/run/vault-token/token"',
    );
  });

  test("takes the stack's authority, mounts and names", () => {
    const caCertificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const vault = { address: "https://v:8200", mount: "kv", authMount: "apps/approle", role: "shop", caCertificate };
    const agent = agentOf(settingsInVault("dev", "docker", { vault }), "backend");
    const { command, variables } = agentProcess(agent, {
      fileAt: (path) => path,
      runs: "until-failure",
      owner: "root",
    });
    expect(variables.AGENT_AUTHORITY).toBe(caCertificate);
    expect(command[0]).toContain('printf %s "$AGENT_AUTHORITY" > /tmp/authority.pem');
    expect(variables.AGENT_CONFIGURATION).toContain('ca_cert = "/tmp/authority.pem"');
    expect(variables.AGENT_CONFIGURATION).toContain('mount_path = "auth/apps/approle"');
    expect(variables.AGENT_CONFIGURATION).toContain("kv/data/trading/dev/tokenSigningKey");
    expect(agent.role).toBe("shop-backend");
  });
});

describe("the policies", () => {
  test.each(places)(
    "%s on %s: each workload reads exactly its own entries [requirement next/vault]",
    (stack, target) => {
      const settings = settingsInVault(stack, target);
      const policies = workloadPolicies(settings);
      const readBy = new Map(policies.map(({ name, text }) => [name, pathsIn(text)]));
      for (const { name, agent } of workloadsOf(settings)) {
        if (agent === undefined) continue;
        // Beside its own now, those of the database's other logins: a rotation moves to them at once.
        const own = agent.files.map(({ entry }) => `secret/data/${entry}`);
        const turns = isConsumer(name)
          ? ["", "A", "B"].map((turn) => `secret/data/trading/${stack}/databasePassword${turn}`)
          : [];
        // On ECS the first is told to the managed database, and held elsewhere.
        const held = turns.filter((path) => target !== "ecs" || !path.endsWith("databasePassword"));
        expect(readBy.get(`trading-${stack}-${name}`)).toEqual([...new Set([...own, ...held])].sort());
      }
      expect(readBy.get(`trading-${stack}-gateway`) ?? []).not.toContain(
        `secret/data/trading/${stack}/tokenSigningKey`,
      );
      for (const { text } of policies) {
        expect(text).not.toMatch(/\*|\+|"(?:create|update|patch|delete|list|sudo)"/);
      }
    },
  );

  test("who tends the secrets writes values and reads none", () => {
    const text = operatorPolicy(settingsInVault("prod", "ecs"))?.text ?? "";
    expect(text).toContain(
      'path "secret/data/trading/prod/smtpPassword" {\n  capabilities = ["create", "update", "patch"]\n}',
    );
    expect(text).toContain('path "secret/metadata/trading/prod/smtpPassword" {\n  capabilities = ["read"]\n}');
    expect(text.match(/path "secret\/data\/[^}]*"read"/)).toBeNull();
  });

  test("a role of Kubernetes' auth is one account's alone", () => {
    const settings = settingsInVault("prod", "kubernetes");
    expect(setupCommands(settings)).toContain(
      "vault write auth/kubernetes/role/trading-prod-backend token_policies=trading-prod-backend token_no_default_policy=true token_ttl=1h token_max_ttl=24h bound_service_account_names=backend bound_service_account_namespaces=trading-prod,trading-prod-hosts audience=vault",
    );
  });
});

const isConsumer = (name: string): boolean => ["backend", "worker", "postgres-exporter"].includes(name);

const pathsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^path "([^"]+)"/gm)].map(([, path = ""]) => path);

describe("what cannot be in Vault is refused", () => {
  const problemsOf = (stack: string, target: string, secrets: Readonly<Record<string, unknown>>) => {
    const settings = settingsOf(stack, target, { vault: { address: "https://vault.example.com" }, secrets });
    return platformProblems(settings, describePlatform(settings));
  };

  test("the password of a managed service, which the cloud is told", () => {
    expect(problemsOf("prod", "ecs", { cachePassword: { vault: { path: "a", key: "b" } } })).toEqual([
      "secrets.cachePassword: Vault holds it, and cache is no container that its agent could write a file for; say config or secretsManager",
    ]);
  });

  test("two secrets of different readers in one entry: a policy gives the whole entry", () => {
    const one = (key: string) => ({ vault: { path: "trading/all", key } });
    expect(problemsOf("dev", "docker", { tokenSigningKey: one("signing"), backupKey: one("backup") })).toEqual([
      "secrets: Vault's entry trading/all holds backupKey (of backup) and tokenSigningKey (of backend, worker); who reads one key of an entry reads all: give each an entry of its own",
    ]);
  });

  test("half of a pod's certificate files: it would not see the other half change", () => {
    expect(problemsOf("prod", "kubernetes", { mtlsBackend: { vault: { path: "a", key: "b" } } })).toEqual([
      "backend: /etc/mtls/ca.crt and /etc/mtls/identity.pem change while it runs, which a pod sees where all files of the folder come from Vault, or none; there is secrets.mtlsAuthority elsewhere, secrets.mtlsBackend in Vault: say the same for them",
    ]);
    expect(problemsOf("dev", "docker", { mtlsBackend: { vault: { path: "a", key: "b" } } })).toEqual([]);
  });
});
