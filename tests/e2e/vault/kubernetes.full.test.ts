import { execFile, execFileSync } from "node:child_process";
import { createHash, createSign, generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { policyFiles } from "../../../cli/secrets/vault/policy-files.ts";
import { rawly, type VaultPlace } from "../../../cli/secrets/vault/testing/place.ts";
import { ensureVault, ensureVaultKubernetesAuth } from "../../../cli/setup/vault.ts";
import type { Settings } from "../../../components/settings.ts";
import { namespaceOf } from "../../../components/targets/kubernetes/names.ts";
import { accountTokenAudience } from "../../../components/vault/agent.ts";
import { configInVault, settingsInVault } from "../../../components/vault/testing.ts";
import { secretFileText } from "../../../components/workload/index.ts";
import { valueAt } from "../../../stacks/layers.ts";
import { platformObjects } from "../../config/kubernetes/objects.ts";
import { type ApiServer, startApiServer } from "../../support/kubernetes/api-server.ts";
import { type Answer, request } from "../../support/kubernetes/request.ts";
import { until } from "../../support/process.ts";
import { realVault } from "../../support/products/vault.ts";
import { accountTokenOf, agentCommand, fileOf, type Served, servedAs, servedBy } from "./agents.ts";

/** Vault's own program and its Kubernetes auth are built from source. */
const atIssueSize = process.env.TEST_SIZE === "issue";
/** Of the application's workloads; what is once on each host is in another. */
const namespace = "trading-prod";

describe.skipIf(!atIssueSize)("a real Vault whose Kubernetes auth asks a real API server", { timeout: 120_000 }, () => {
  let server: ApiServer;
  let place: VaultPlace;
  let vault: string;
  const folders: string[] = [];
  const folderFor = (what: string): string => {
    const made = mkdtempSync(join(tmpdir(), `${what}-`));
    folders.push(made);
    return made;
  };

  /** Production's settings ask for TLS, which is not what is tried here. */
  const settings = (): Settings => {
    const { vault: said, ...others } = settingsInVault("prod", "kubernetes", { kubernetes: { namespace } });
    if (said === undefined) throw new Error("no Vault");
    return { ...others, vault: { ...said, address: place.address } };
  };
  const heldValueOf = (secret: string): string => `v-${secret}`;

  async function asked(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<Answer> {
    const answer = await request(server.access, { method, path, contentType: "application/json", body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
  const asRoot = async (method: string, path: string, body?: unknown) => {
    const answer = await rawly(place, place.rootToken, method, path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const accounts = (of: string): string => `/api/v1/namespaces/${of}/serviceaccounts`;
  const account = (name: string) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });

  /** As a kubelet asks for it, for a pod's projected volume. */
  async function tokenOf(name: string, { of = namespace, audience = accountTokenAudience } = {}): Promise<string> {
    const spec = { audiences: [audience], expirationSeconds: 600 };
    const answer = await asked("POST", `${accounts(of)}/${name}/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec,
    });
    return String(valueAt(answer.body, ["status", "token"]));
  }

  /** Namespaces and accounts are those of the platform's own program. */
  async function fillCluster(): Promise<void> {
    const objects = await platformObjects("prod", { namespace }, configInVault("prod", "kubernetes"));
    for (const object of objects) {
      if (object.kind === "Namespace") await asked("POST", "/api/v1/namespaces", object);
      if (object.kind === "ServiceAccount") await asked("POST", accounts(String(object.metadata.namespace)), object);
    }
    await asked("POST", accounts("default"), account("vault"));
    await asked("POST", accounts("default"), account("backend"));
    // What Vault's documentation asks for whoever reviews tokens.
    await asked("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "vault-reviews-tokens" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name: "vault", namespace: "default" }],
    });
  }

  /** The auth method as docs/secrets.md says it, then what `./platform secrets policies` wrote. */
  async function fillVault(plugin: string): Promise<void> {
    const sha256 = createHash("sha256").update(readFileSync(plugin)).digest("hex");
    await asRoot("POST", `sys/plugins/catalog/auth/${basename(plugin)}`, { sha256, command: basename(plugin) });
    await asRoot("POST", "sys/auth/kubernetes", { type: basename(plugin) });
    const folder = folderFor("policies");
    for (const { name, text } of policyFiles(settings())) writeFileSync(join(folder, name), text);
    const env = {
      PATH: `${dirname(vault)}${delimiter}${process.env.PATH}`,
      HOME: folder,
      VAULT_ADDR: place.address,
      VAULT_TOKEN: place.rootToken,
    };
    const words = [
      `kubernetes_host=https://127.0.0.1:${server.access.port}`,
      `kubernetes_ca_cert=@${join(server.folder, "apiserver.crt")}`,
      "token_reviewer_jwt=-",
    ];
    const input = await tokenOf("vault", { of: "default", audience: "https://kubernetes.default.svc" });
    execFileSync("vault", ["write", "auth/kubernetes/config", ...words], { env, input });
    execFileSync("sh", ["setup.sh"], { cwd: folder, env, stdio: "pipe" });
    for (const { agent } of servedBy(settings())) {
      for (const { entry, key, secret } of agent.files) {
        await asRoot("POST", `secret/data/${entry}`, { data: { [key]: heldValueOf(secret) } });
      }
    }
  }

  /** Runs that workload's agent as its init container would, with a token. */
  async function run({ agent }: Served, token: string) {
    const folder = folderFor("agent");
    writeFileSync(accountTokenOf(folder), token);
    const { program, words, environment } = agentCommand(agent, { vault, folder, once: true });
    const { code, log } = await new Promise<{ code: number; log: string }>((resolve) => {
      execFile(program, words, { env: environment, timeout: 100_000 }, (error, out, err) => {
        resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : -1, log: out + err });
      });
    });
    return { folder, code, log, hasFiles: existsSync(join(folder, "files")) };
  }
  const backend = (): Served => servedAs(settings(), "backend");

  function refused({ code, log, hasFiles }: Awaited<ReturnType<typeof run>>): void {
    expect(code).not.toBe(0);
    expect(log).toMatch(/permission denied|not authorized|invalid audience/);
    expect(hasFiles).toBe(false);
  }

  beforeAll(async () => {
    vault = await ensureVault();
    const plugin = realpathSync(await ensureVaultKubernetesAuth());
    server = await startApiServer();
    place = await realVault("127.0.0.1", dirname(plugin));
    await fillCluster();
    await fillVault(plugin);
  }, 3_600_000);
  afterAll(async () => {
    await place?.close();
    await server?.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test("every workload's agent logs in by its pod's account and writes its files", async () => {
    const workloads = servedBy(settings());
    expect(workloads.length).toBeGreaterThan(6);
    for (const workload of workloads) {
      const of = namespaceOf(workload, { main: namespace, hosts: `${namespace}-hosts` });
      const { folder, code, log } = await run(workload, await tokenOf(workload.name, { of }));
      expect([workload.name, code, code === 0 ? "" : log]).toEqual([workload.name, 0, ""]);
      for (const file of workload.agent.files) {
        expect(readFileSync(fileOf(folder, file.path), "utf8")).toBe(secretFileText(file, heldValueOf(file.secret)));
      }
    }
  }, 300_000);

  test.each([
    ["another workload's token", () => tokenOf("gateway")],
    ["a token that is for the API server", () => tokenOf("backend", { audience: "https://kubernetes.default.svc" })],
    ["a token of an account of that name in another namespace", () => tokenOf("backend", { of: "default" })],
    ["a token that somebody else signed", async () => forged(await tokenOf("backend"))],
  ])("%s is refused and gets no file", async (_name, token) => {
    refused(await run(backend(), await token()));
  });

  test("a token whose account is gone is refused, though its signature is good: the API server is asked", async () => {
    const token = await tokenOf("backend");
    expect(await run(backend(), token)).toMatchObject({ code: 0 });
    await asked("DELETE", `${accounts(namespace)}/backend`);
    try {
      // An API server remembers for ten seconds whom it knew.
      const outcome = await until("the refusal", async () => {
        const last = await run(backend(), token);
        return last.code === 0 ? undefined : last;
      });
      refused(outcome);
    } finally {
      await asked("POST", accounts(namespace), account("backend"));
    }
  });
});

/** The same claims under another key of the same kind. */
function forged(token: string): string {
  const [header = "", claims = ""] = token.split(".");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signature = createSign("RSA-SHA256").update(`${header}.${claims}`).sign(privateKey, "base64url");
  return `${header}.${claims}.${signature}`;
}
