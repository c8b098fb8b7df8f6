import type { Settings } from "../../../components/settings.ts";
import { namespace } from "../../../stacks/error.ts";
import { readStackFile } from "../../../stacks/files.ts";
import { readSettings } from "../../../stacks/read.ts";
import { say } from "../../console/progress.ts";
import type { StackOf } from "../../engine/stacks.ts";
import { sealOf } from "./ask.ts";

/**
 * Before an `up`: throws a UserError where the stack's Vault is sealed, because no new instance would get its secrets.
 * Whoever cannot reach it from here is told and goes on: the workloads may.
 */
export async function requireOpenVault({ project, stack }: Pick<StackOf, "project" | "stack">): Promise<void> {
  if (project.name !== namespace) return;
  const source = readStackFile(project.directory, stack);
  if (source.config.vault === undefined) return;
  await requireOpen(readSettings(source));
}

/** The same, of settings that are read. */
export async function requireOpen({ stack, vault, secrets }: Settings): Promise<void> {
  if (vault === undefined || !Object.values(secrets).some(({ kind }) => kind === "vault")) return;
  const unreachable = await sealOf(vault);
  if (unreachable !== undefined) say(`${stack}: ${unreachable}; the workloads need it all the same`);
}
