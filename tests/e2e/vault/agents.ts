import { delimiter, dirname, join } from "node:path";
import { rawly, type VaultPlace } from "../../../cli/secrets/vault/testing/place.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform, membersOf } from "../../../components/specification.ts";
import { type AgentPlace, accountTokenPath, agentFolder, agentProcess } from "../../../components/vault/agent.ts";
import { workloadPolicies } from "../../../components/vault/policies.ts";
import { isWorkload, type SecretAgent, type WorkloadSpec } from "../../../components/workload/index.ts";
import { valueAt } from "../../../stacks/layers.ts";

/** A workload whose secrets an agent brings. */
export type Served = WorkloadSpec & { readonly agent: SecretAgent };

export const servedBy = (settings: Settings): readonly Served[] =>
  membersOf(describePlatform(settings))
    .filter(isWorkload)
    .flatMap((spec) => (spec.agent === undefined ? [] : [{ ...spec, agent: spec.agent }]));

export function servedAs(settings: Settings, name: string): Served {
  const found = servedBy(settings).find((spec) => spec.name === name);
  if (found === undefined) throw new Error(`${name} has no agent`);
  return found;
}

/** Brings about what `./platform secrets policies` says of AppRole: a policy and a role for each workload. */
export async function makeAppRoles(place: VaultPlace, settings: Settings): Promise<void> {
  for (const { name, text } of workloadPolicies(settings)) {
    await rawly(place, place.rootToken, "PUT", `sys/policies/acl/${name}`, { policy: text });
    const role = { token_policies: name, token_no_default_policy: true };
    await rawly(place, place.rootToken, "POST", `auth/approle/role/${name}`, role);
  }
}

/** What that role's agent logs in with. */
export async function appRoleCredentials(place: VaultPlace, { role }: SecretAgent): Promise<NodeJS.ProcessEnv> {
  const at = `auth/approle/role/${role}`;
  const roleId = await rawly(place, place.rootToken, "GET", `${at}/role-id`);
  const secretId = await rawly(place, place.rootToken, "POST", `${at}/secret-id`, {});
  return {
    AGENT_ROLE_ID: String(valueAt(roleId.body, ["data", "role_id"])),
    AGENT_SECRET_ID: String(valueAt(secretId.body, ["data", "secret_id"])),
  };
}

/** Where an agent that {@link agentCommand} starts writes the workload's file of that path. */
export const fileOf = (folder: string, path: string): string => join(folder, "files", path);

/** How its container on Docker runs. */
export const onDocker = { runs: "until-failure", owner: "root" } as const;

/** Where such an agent looks for the token of its pod's account. */
export const accountTokenOf = (folder: string): string => join(folder, "account-token");

/** An agent as its container starts it, by Vault's own program, its folder and the workload's below one of the test's own. */
export function agentCommand(
  agent: SecretAgent,
  {
    vault,
    folder,
    place,
    looksEvery,
    credentials = {},
  }: {
    readonly vault: string;
    readonly folder: string;
    /** How its target runs it. */
    readonly place: Pick<AgentPlace, "runs" | "owner">;
    /** Seconds between two looks at what Vault holds; default: Vault's own, five minutes. */
    readonly looksEvery?: number;
    readonly credentials?: NodeJS.ProcessEnv;
  },
) {
  const { entryPoint, command, variables } = agentProcess(agent, { ...place, fileAt: (path) => `/files${path}` });
  const here = (text: string): string =>
    text
      .replaceAll(`${agentFolder}/`, `${folder}/`)
      .replaceAll(accountTokenPath, accountTokenOf(folder))
      .replaceAll('"/files/', `"${folder}/files/`)
      .replace(
        "template_config {\n",
        (begin) => begin + (looksEvery === undefined ? "" : `  static_secret_render_interval = "${looksEvery}s"\n`),
      );
  const [program = "", ...words] = entryPoint;
  return {
    program,
    words: [...words, ...command.map(here)],
    environment: {
      PATH: `${dirname(vault)}${delimiter}${process.env.PATH}`,
      ...Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, here(text)])),
      ...credentials,
    },
  };
}
