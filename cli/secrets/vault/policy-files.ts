import type { Settings } from "../../../components/settings.ts";
import { setupCommands, tendersPolicies, workloadPolicies } from "../../../components/vault/policies.ts";

/** The policies as files, and the script that brings them and the roles about; none where Vault holds nothing. */
export function policyFiles(settings: Settings): readonly { readonly name: string; readonly text: string }[] {
  const policies = workloadPolicies(settings);
  if (policies.length === 0) return [];
  const script = [
    "#!/bin/sh",
    `# Policies and roles of ${settings.stack} in Vault, by VAULT_ADDR and a token that may write them. It may be run again.`,
    "set -eu",
    ...setupCommands(settings),
    "",
  ];
  return [
    ...[...policies, ...tendersPolicies(settings)].map(({ name, text }) => ({
      name: `${name}.hcl`,
      text,
    })),
    { name: "setup.sh", text: script.join("\n") },
  ];
}
