import { notMirrored } from "../../components/delivery/third-party.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { UserError } from "../console/error.ts";
import type { StackOf } from "../engine/stacks.ts";

/** Before an `up`: throws a UserError where the stack would be told to pull what nobody has copied into its registry. */
export function requireMirrored({ project, stack }: Pick<StackOf, "project" | "stack">): void {
  const missing = notMirrored(readSettings(readStackFile(project.directory, stack)));
  if (missing !== undefined) throw new UserError(`${stack}: nothing was touched: ${missing}`);
}
