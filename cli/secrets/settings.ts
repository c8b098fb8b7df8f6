import { existsSync } from "node:fs";
import type { Settings } from "../../components/settings.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { developerHome, developersConfig } from "../engine/developer/home.ts";
import { developersStack } from "../engine/live.ts";
import { root } from "../root.ts";

/** A stack's settings as they are in force: dev's login is the developer's own, and in no file of the checkout. */
export async function settingsInUse(stack: string, target?: string): Promise<Settings> {
  const source = readStackFile(root, stack, target);
  const home = developerHome();
  if (stack !== developersStack || !existsSync(home.secretsFile)) return readSettings(source);
  return readSettings({ ...source, config: await developersConfig(home, source.config) });
}
