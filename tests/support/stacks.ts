import { root } from "../../cli/root.ts";
import type { Settings } from "../../components/settings.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";

/** The stacks of the requirement. */
export const stacks = ["dev", "staging", "prod"] as const;

/** Sections that have no default, for a stack that is tried on a target that is not its own. */
const examples = {
  ecs: {
    region: "eu-central-1",
    accountId: "111122223333",
    certificateArn: "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d-1111-2222-3333-444455556666",
  },
} as const;

/** A checked-in stack's settings; on another target where one is named. */
export function settingsOf(stack: string, target?: string): Settings {
  const { config } = readStackFile(root, stack);
  return readSettings({ stack, config: { ...examples, ...config, ...(target === undefined ? {} : { target }) } });
}
