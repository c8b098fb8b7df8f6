import { databaseLogins } from "../application/database-login.ts";
import { identifiedMembers } from "../mtls.ts";
import type { Settings } from "../settings.ts";
import { describePlatform, membersOf } from "../specification.ts";
import { isWorkload, type VaultFile, type VaultLogin } from "../workload/index.ts";
import { accountTokenAudience } from "./agent.ts";
import { roleOf } from "./settings.ts";

/** What one workload, or whoever tends the secrets, may do in Vault. */
export interface VaultPolicy {
  /** Of the policy, and of the workload's role. */
  readonly name: string;
  /** In HCL, as `vault policy write` takes it. */
  readonly text: string;
}

/** A policy for each workload that Vault holds something for: it reads exactly that workload's entries, and nothing else. */
export function workloadPolicies(settings: Settings): readonly VaultPolicy[] {
  return served(settings).map(({ name, role, files }) => ({
    name: role,
    text: policyText(
      `Of ${name} in ${settings.stack}: reads ${distinct(files.map(({ secret }) => secret)).join(", ")}.`,
      distinct(files.map(({ entry }) => entry))
        .sort()
        .map((entry) => [`${settings.vault?.mount}/data/${entry}`, ["read"]]),
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
  const entries = distinct(Object.values(secrets).flatMap((source) => (source.kind === "vault" ? [source.path] : [])));
  return {
    name: roleOf(vault, stack, "operator"),
    text: policyText(
      `For ./platform secrets check and rotate of ${stack}.`,
      entries.flatMap((entry) => tendedEntry(vault.mount, entry)),
    ),
  };
}

/**
 * For whoever runs `./platform certs`: it reads the authority's key, which signs, and every member's, to judge it. No
 * workload reads the first, and whoever has this policy reads nothing else. None where no certificate is in Vault.
 */
export function certsPolicy({ vault, secrets, stack, mtls }: Settings): VaultPolicy | undefined {
  const held = (["mtlsAuthority", "mtlsAuthorityKey", ...identifiedMembers.values()] as const)
    .map((name) => secrets[name])
    .flatMap((source) => (source.kind === "vault" ? [source.path] : []));
  if (vault === undefined || !mtls || held.length === 0) return undefined;
  return {
    name: roleOf(vault, stack, "certs"),
    text: policyText(
      `For ./platform certs of ${stack}.`,
      distinct(held).flatMap((entry) => tendedEntry(vault.mount, entry, ["read"])),
    ),
  };
}

/** Of people, beside the workloads' own. */
export const tendersPolicies = (settings: Settings): readonly VaultPolicy[] =>
  [operatorPolicy(settings), certsPolicy(settings)].filter((policy) => policy !== undefined);

const tendedEntry = (mount: string, entry: string, more: readonly string[] = []): readonly Grant[] => [
  [`${mount}/metadata/${entry}`, ["read"]],
  [`${mount}/subkeys/${entry}`, ["read"]],
  [`${mount}/data/${entry}`, ["create", "update", "patch", ...more]],
];

/** Commands of Vault's CLI that bring the policies and roles about; the files lie beside them. */
export function setupCommands(settings: Settings): readonly string[] {
  return [
    ...[...workloadPolicies(settings), ...tendersPolicies(settings)].map(
      ({ name }) => `vault policy write ${name} ${name}.hcl`,
    ),
    ...served(settings).map((workload) => roleCommand(settings, workload)),
  ];
}

/** Tokens live for an hour: the agent takes another one by itself. */
const tokenLife = "token_ttl=1h token_max_ttl=24h";

function roleCommand({ stack, target }: Settings, { name, login, role }: Served): string {
  const words = `vault write auth/${login.mount}/role/${role} token_policies=${role} token_no_default_policy=true ${tokenLife}`;
  return login.kind === "approle"
    ? `${words} bind_secret_id=true`
    : `${words} bound_service_account_names=${name} bound_service_account_namespaces=${target.namespaces(stack).join(",")} audience=${accountTokenAudience}`;
}

/** A workload with an agent. */
interface Served {
  readonly name: string;
  readonly role: string;
  readonly login: VaultLogin;
  readonly files: readonly VaultFile[];
}

/**
 * What the workloads read, whoever's turn it is to log in to the database: a rotation moves them to the other password,
 * and nobody changes a policy in between.
 */
function served(settings: Settings): readonly Served[] {
  const all = databaseLogins.flatMap((login) =>
    membersOf(describePlatform({ ...settings, database: { ...settings.database, login } }))
      .filter(isWorkload)
      .flatMap(({ name, agent }) => (agent === undefined ? [] : [{ name, ...agent }])),
  );
  return [...Map.groupBy(all, ({ name }) => name)].flatMap(([name, turns]) => {
    const [first] = turns;
    return first === undefined
      ? []
      : [{ name, role: first.role, login: first.login, files: turns.flatMap(({ files }) => files) }];
  });
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

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
