import { settingsOf } from "../../tests/support/stacks.ts";
import type { Settings } from "../settings.ts";
import { type SecretName, secretNames } from "../workload/index.ts";

/** What no workload reads as a file: managed services' passwords, the pull of images, an ingress' certificate. */
const elsewhere: Readonly<Record<string, readonly SecretName[]>> = {
  docker: ["registryPassword"],
  ecs: ["registryPassword", "databasePassword", "cachePassword"],
  kubernetes: ["registryPassword", "tlsCertificate", "tlsPrivateKey"],
};

export const vaultAddress = "https://vault.example.com:8200";

/** A checked-in stack on a target, with everything in Vault that can be there, each in an entry of its own. */
export function settingsInVault(stack: string, target: string, more: Readonly<Record<string, unknown>> = {}): Settings {
  const held = secretNames.filter((name) => !elsewhere[target]?.includes(name));
  const secrets = Object.fromEntries(
    held.map((name) => [name, { vault: { path: `trading/${stack}/${name}`, key: "value" } }]),
  );
  return settingsOf(stack, target, { vault: { address: vaultAddress }, secrets, ...more });
}
