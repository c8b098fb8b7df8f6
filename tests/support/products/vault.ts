import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../cli/open/free-port.ts";
import { rawly, type VaultPlace } from "../../../cli/secrets/vault/testing/place.ts";
import { ensureVault } from "../../../cli/setup/vault.ts";
import { valueAt } from "../../../stacks/layers.ts";
import { ended, launch, until } from "../process.ts";

/**
 * A real Vault, unsealed, that keeps everything in its memory; KV version 2 at `secret`, AppRole at `approle`. `host`:
 * address of this machine at which others reach it; `plugins`: a folder of programs that it may start.
 */
export async function realVault(host = "127.0.0.1", plugins?: string): Promise<VaultPlace> {
  const program = await ensureVault();
  const folder = mkdtempSync(join(tmpdir(), "vault-"));
  const port = await freePort();
  const address = `http://${host}:${port}`;
  const configuration = [
    'storage "inmem" {}',
    `listener "tcp" {\n  address = "${host}:${port}"\n  tls_disable = true\n}`,
    "disable_mlock = true",
    `api_addr = "${address}"`,
    ...(plugins === undefined ? [] : [`plugin_directory = ${JSON.stringify(plugins)}`]),
  ];
  writeFileSync(join(folder, "vault.hcl"), configuration.join("\n"));
  const server = launch({ name: "vault", program, words: ["server", `-config=${folder}/vault.hcl`], folder });
  const asked = (token: string, method: string, path: string, body?: unknown) =>
    rawly({ address }, token, method, path, body);
  const close = async () => {
    await ended(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const init = { secret_shares: 1, secret_threshold: 1 };
    const made = await until("Vault", async () => (await asked("", "PUT", "sys/init", init)).body, {
      launched: [server],
    });
    const key = String(valueAt(made, ["keys_base64", 0]));
    const rootToken = String(valueAt(made, ["root_token"]));
    const unseal = async () => {
      await asked("", "PUT", "sys/unseal", { key });
      // Unsealed, it still has to become the active one.
      await until("an active Vault", async () =>
        (await asked("", "GET", "sys/health")).status === 200 ? true : undefined,
      );
    };
    await unseal();
    await asked(rootToken, "POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
    await asked(rootToken, "POST", "sys/auth/approle", { type: "approle" });
    // A KV engine upgrades itself for a moment and refuses until then.
    await until("the KV engine", async () =>
      (await asked(rootToken, "POST", "secret/data/ready", { data: { yes: "1" } })).status === 200 ? true : undefined,
    );
    return {
      address,
      rootToken,
      seal: async () => {
        await asked(rootToken, "PUT", "sys/seal");
      },
      unseal,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
