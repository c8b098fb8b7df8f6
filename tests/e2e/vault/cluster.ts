import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { policyFiles } from "../../../cli/secrets/vault/policy-files.ts";
import { rawly, type VaultPlace } from "../../../cli/secrets/vault/testing/place.ts";
import { ensureVault, ensureVaultKubernetesAuth } from "../../../cli/setup/vault.ts";
import type { Settings } from "../../../components/settings.ts";
import { accountTokenAudience } from "../../../components/vault/agent.ts";
import { configInVault, settingsInVault } from "../../../components/vault/testing.ts";
import { valueAt } from "../../../stacks/layers.ts";
import { platformObjects } from "../../config/kubernetes/objects.ts";
import { startApiServer } from "../../support/kubernetes/api-server.ts";
import { type Answer, request } from "../../support/kubernetes/request.ts";
import { realVault } from "../../support/products/vault.ts";
import { servedBy } from "./agents.ts";

/** Of the application's workloads; what is once on each host is in another. */
export const namespace = "trading-prod";

export const heldValueOf = (secret: string): string => `v-${secret}`;

/** A real Vault whose Kubernetes auth asks a real API server, with production's namespaces, accounts, policies and roles. */
export interface VaultInCluster {
  readonly settings: Settings;
  /** Vault's program. */
  readonly vault: string;
  readonly place: VaultPlace;
  /** A folder that is removed at the end. */
  folderFor(what: string): string;
  /** Asks Vault; throws where it refuses. */
  asRoot(method: string, path: string, body?: unknown): ReturnType<typeof rawly>;
  /** A token of an account, as a kubelet asks for it for a pod's projected volume. */
  tokenOf(name: string, of?: { readonly of?: string; readonly audience?: string }): Promise<string>;
  makeAccount(of: string, name: string): Promise<void>;
  removeAccount(of: string, name: string): Promise<void>;
  close(): Promise<void>;
}

export async function vaultInCluster(): Promise<VaultInCluster> {
  const vault = await ensureVault();
  const plugin = realpathSync(await ensureVaultKubernetesAuth());
  const server = await startApiServer();
  const place = await realVault("127.0.0.1", dirname(plugin));
  const folders: string[] = [];
  const folderFor = (what: string): string => {
    const made = mkdtempSync(join(tmpdir(), `${what}-`));
    folders.push(made);
    return made;
  };
  const close = async () => {
    await place.close();
    await server.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };

  async function asked(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<Answer> {
    const answer = await request(server.access, { method, path, contentType: "application/json", body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
  const asRoot: VaultInCluster["asRoot"] = async (method, path, body) => {
    const answer = await rawly(place, place.rootToken, method, path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const accounts = (of: string): string => `/api/v1/namespaces/${of}/serviceaccounts`;
  const makeAccount = async (of: string, name: string) => {
    await asked("POST", accounts(of), { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
  };
  const tokenOf: VaultInCluster["tokenOf"] = async (name, { of = namespace, audience = accountTokenAudience } = {}) => {
    const answer = await asked("POST", `${accounts(of)}/${name}/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { audiences: [audience], expirationSeconds: 600 },
    });
    return String(valueAt(answer.body, ["status", "token"]));
  };

  /** Production's settings ask for TLS, which is not what is tried here. */
  const { vault: said, ...others } = settingsInVault("prod", "kubernetes", { kubernetes: { namespace } });
  if (said === undefined) throw new Error("no Vault");
  const settings: Settings = { ...others, vault: { ...said, address: place.address } };

  /** Namespaces and accounts are those of the platform's own program. */
  async function fillCluster(): Promise<void> {
    const objects = await platformObjects("prod", { namespace }, configInVault("prod", "kubernetes"));
    for (const object of objects) {
      if (object.kind === "Namespace") await asked("POST", "/api/v1/namespaces", object);
      if (object.kind === "ServiceAccount") await asked("POST", accounts(String(object.metadata.namespace)), object);
    }
    await makeAccount("default", "vault");
    await makeAccount("default", "backend");
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
  async function fillVault(): Promise<void> {
    const sha256 = createHash("sha256").update(readFileSync(plugin)).digest("hex");
    await asRoot("POST", `sys/plugins/catalog/auth/${basename(plugin)}`, { sha256, command: basename(plugin) });
    await asRoot("POST", "sys/auth/kubernetes", { type: basename(plugin) });
    const folder = folderFor("policies");
    for (const { name, text } of policyFiles(settings)) writeFileSync(join(folder, name), text);
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
    for (const { agent } of servedBy(settings)) {
      for (const { entry, key, secret } of agent.files) {
        await asRoot("POST", `secret/data/${entry}`, { data: { [key]: heldValueOf(secret) } });
      }
    }
  }

  try {
    await fillCluster();
    await fillVault();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    settings,
    vault,
    place,
    folderFor,
    asRoot,
    tokenOf,
    makeAccount,
    removeAccount: async (of, name) => {
      await asked("DELETE", `${accounts(of)}/${name}`);
    },
    close,
  };
}
