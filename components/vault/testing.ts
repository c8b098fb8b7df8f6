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

/** What a stack file says that leaves to Vault everything that can be there, each in an entry of its own. */
export function configInVault(stack: string, target: string) {
  const held = secretNames.filter((name) => !elsewhere[target]?.includes(name));
  return {
    vault: { address: vaultAddress },
    secrets: Object.fromEntries(
      held.map((name) => [name, { vault: { path: `trading/${stack}/${name}`, key: "value" } }]),
    ),
  };
}

/** The settings of a checked-in stack on a target with that. */
export const settingsInVault = (
  stack: string,
  target: string,
  more: Readonly<Record<string, unknown>> = {},
): Settings => settingsOf(stack, target, { ...configInVault(stack, target), ...more });
