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

type Config = Readonly<Record<string, unknown>>;

/** What a checked-in stack's file says; on another target where one is named, and with `more` in its place. */
export function configOf(stack: string, target?: string, more: Config = {}): Config {
  const { config } = readStackFile(root, stack);
  return { ...examples, ...config, ...(target === undefined ? {} : { target }), ...more };
}

/** The settings of {@link configOf}. */
export const settingsOf = (stack: string, target?: string, more: Config = {}): Settings =>
  readSettings({ stack, config: configOf(stack, target, more) });
