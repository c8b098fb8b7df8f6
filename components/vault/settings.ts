import type { BoundTarget } from "../targets/target.ts";
import type { Image, VaultServer } from "../workload/index.ts";

/** Where a stack's Vault is, and who its workloads are there. Nothing is in it unless `secrets` says so. */
export interface VaultSettings extends VaultServer {
  /** Begins the names of every workload's policy and role; default: `trading-<stack>`. */
  readonly role?: string;
  /** Path of the auth method; default: `approle` or `kubernetes`, as the target logs in. */
  readonly authMount?: string;
  /** The agent's image. */
  readonly image: Image;
}

/** How workloads of a target show Vault who they are. */
export const authMountOf = ({ authMount }: VaultSettings, { vaultAuth }: Pick<BoundTarget, "vaultAuth">): string =>
  authMount ?? vaultAuth;

/** Name of a workload's policy, and of its role. */
export const roleOf = ({ role }: Pick<VaultSettings, "role">, stack: string, workload: string): string =>
  `${role ?? `trading-${stack}`}-${workload}`;

/** Name under which a workload's AppRole credential is held where the stack's other secrets are by default. */
export const credentialName = (workload: string, credential: "roleId" | "secretId"): string =>
  `vault/${workload}/${credential}`;
