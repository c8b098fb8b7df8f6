import type { VaultSettings } from "../../components/vault/settings.ts";
import type { SecretSource } from "../../components/workload/index.ts";
import { heldInCloud } from "./cloud.ts";
import { heldInConfig } from "./config.ts";
import type { Held } from "./held.ts";
import { heldInVault } from "./vault/entries.ts";

/** Looks where a stack's secrets are held. */
export async function lookUp(
  folder: string,
  stack: string,
  vault?: VaultSettings,
): Promise<(source: SecretSource) => Promise<Held>> {
  const inConfig = await heldInConfig(folder, stack);
  return async (source) => {
    switch (source.kind) {
      case "config":
        return inConfig(source.key);
      case "secretsManager":
        return heldInCloud(source.arn);
      case "vault":
        return vault === undefined
          ? { state: "not told", why: "nothing says where Vault is" }
          : heldInVault(vault, source);
    }
  };
}
