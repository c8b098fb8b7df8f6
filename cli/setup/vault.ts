import { existsSync } from "node:fs";
import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureOwn, type Tool } from "./tool.ts";

/** What tools/vault/go.mod pins; `vault.image` names the same by default. */
const version = "1.21.0";

const wayOut = "Install Go 1.25 or newer (https://go.dev/dl/).";

/** A real Vault with its agent, for the tests: without its page, and without what logs in by clouds and directories. */
const vault: Tool = {
  name: "vault",
  version,
  versionOf: (program) => /^Vault v(\d+\.\d+\.\d+)/.exec(answerOf(program, "version") ?? "")?.[1],
  megabytes: 2500,
  wayOut,
  makers: [
    goBuild({
      name: "vault",
      module: "vault",
      package: "github.com/hashicorp/vault",
      tags: ["minimal"],
      estimate: "10 minutes on two cores, once",
    }),
  ],
};

/** Path of exactly that version. */
export const ensureVault = (): Promise<string> => ensureOwn(vault);

/** What tools/vault/go.mod pins: the one that Vault 1.21.0 has built in where it is not built minimally. */
const kubernetesAuthVersion = "0.23.0";

/** Vault's Kubernetes auth as a program beside it, which is two minutes of building in place of ten more. */
const kubernetesAuth: Tool = {
  name: "vault-plugin-auth-kubernetes",
  version: kubernetesAuthVersion,
  // It tells its version to no person; the folder's name has it.
  versionOf: (program) => (existsSync(program) ? kubernetesAuthVersion : undefined),
  megabytes: 500,
  wayOut,
  makers: [
    goBuild({
      name: "vault-plugin-auth-kubernetes",
      module: "vault",
      package: "github.com/hashicorp/vault-plugin-auth-kubernetes/cmd/vault-plugin-auth-kubernetes",
      estimate: "2 minutes on two cores, once",
    }),
  ],
};

/** Path of exactly that version. */
export const ensureVaultKubernetesAuth = (): Promise<string> => ensureOwn(kubernetesAuth);
