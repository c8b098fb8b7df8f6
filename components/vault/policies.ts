import type { Settings } from "../settings.ts";
import { isWorkload, type Member, type SecretAgent, type WorkloadSpec } from "../workload/index.ts";
import { accountTokenAudience } from "./agent.ts";
import { roleOf } from "./settings.ts";

/** What one workload, or whoever tends the secrets, may do in Vault. */
export interface VaultPolicy {
  /** Of the policy, and of the workload's role. */
  readonly name: string;
  /** In HCL, as `vault policy write` takes it. */
  readonly text: string;
}

/** A policy for each workload that Vault holds something for: it reads exactly those entries, and nothing else. */
export function workloadPolicies(settings: Settings, members: readonly Member[]): readonly VaultPolicy[] {
  return served(members).map(({ name, agent }) => ({
    name: agent.role,
    text: policyText(
      `Of ${name} in ${settings.stack}: reads ${[...new Set(agent.files.map(({ secret }) => secret))].join(", ")}.`,
      entriesOf(agent).map((entry) => [`${agent.vault.mount}/data/${entry}`, ["read"]]),
    ),
  }));
}

/**
 * For whoever runs `./platform secrets check` and `rotate`: sees which keys there are and since when, and writes new
 * values. It reads none.
 */
export function operatorPolicy(settings: Settings): VaultPolicy | undefined {
  const { vault, secrets, stack } = settings;
  if (vault === undefined) return undefined;
  const entries = [
    ...new Set(Object.values(secrets).flatMap((source) => (source.kind === "vault" ? [source.path] : []))),
  ];
  return {
    name: roleOf(vault, stack, "operator"),
    text: policyText(`For ./platform secrets check and rotate of ${stack}.`, [
      ...entries.flatMap((entry): Grant[] => [
        [`${vault.mount}/metadata/${entry}`, ["read"]],
        [`${vault.mount}/subkeys/${entry}`, ["read"]],
        [`${vault.mount}/data/${entry}`, ["create", "update", "patch"]],
      ]),
    ]),
  };
}

/** Commands of Vault's CLI that bring the policies and roles about; the files lie beside them. */
export function setupCommands(settings: Settings, members: readonly Member[]): readonly string[] {
  const workloads = served(members);
  const operator = operatorPolicy(settings);
  return [
    ...[...workloadPolicies(settings, members), ...(operator === undefined ? [] : [operator])].map(
      ({ name }) => `vault policy write ${name} ${name}.hcl`,
    ),
    ...workloads.map((workload) => roleCommand(settings, workload)),
  ];
}

/** Tokens live for an hour: the agent takes another one by itself. */
const tokenLife = "token_ttl=1h token_max_ttl=24h";

function roleCommand({ stack, target }: Settings, { name, agent: { login, role } }: Served): string {
  const words = `vault write auth/${login.mount}/role/${role} token_policies=${role} token_no_default_policy=true ${tokenLife}`;
  return login.kind === "approle"
    ? `${words} bind_secret_id=true`
    : `${words} bound_service_account_names=${name} bound_service_account_namespaces=${target.namespaces(stack).join(",")} audience=${accountTokenAudience}`;
}

type Served = WorkloadSpec & { readonly agent: SecretAgent };
const served = (members: readonly Member[]): readonly Served[] =>
  members.filter(isWorkload).flatMap((spec) => (spec.agent === undefined ? [] : [{ ...spec, agent: spec.agent }]));

const entriesOf = ({ files }: SecretAgent): readonly string[] => [...new Set(files.map(({ entry }) => entry))].sort();

type Grant = readonly [path: string, capabilities: readonly string[]];

const policyText = (heading: string, grants: readonly Grant[]): string =>
  [
    `# ${heading} Rendered by ./platform secrets policies; not to be edited.`,
    ...grants.map(
      ([path, capabilities]) =>
        `path ${JSON.stringify(path)} {\n  capabilities = [${capabilities.map((word) => JSON.stringify(word)).join(", ")}]\n}`,
    ),
    "",
  ].join("\n");
