import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureOwn, type Tool } from "./tool.ts";

/** What tools/vault/go.mod pins; `vault.image` names the same by default. */
const version = "1.21.0";

/** A real Vault with its agent, for the tests: without its page, and without what logs in by clouds and directories. */
const vault: Tool = {
  name: "vault",
  version,
  versionOf: (program) => /^Vault v(\d+\.\d+\.\d+)/.exec(answerOf(program, "version") ?? "")?.[1],
  megabytes: 2500,
  wayOut: "Install Go 1.25 or newer (https://go.dev/dl/).",
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
