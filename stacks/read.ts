import type { Settings } from "../components/settings.ts";
import { targets } from "../components/targets/index.ts";
import { SettingsError } from "./error.ts";
import { type Explanation, explain } from "./explain.ts";
import { interpret, type Source } from "./interpret.ts";

export { type Problem, SettingsError } from "./error.ts";
export type { Explanation } from "./explain.ts";
export type { Source } from "./interpret.ts";
export { settingsWarnings } from "./warnings.ts";

/** The complete settings of a stack. Throws {@link SettingsError} with every problem at once. */
export function readSettings(source: Source): Settings {
  const { settings, problems } = interpret(source, targets);
  if (settings === undefined) throw new SettingsError(`stack ${source.stack}`, problems);
  return settings;
}

/** Every effective value with where it comes from, the warnings, and the problems if there are any. */
export const explainSettings = (source: Source): Explanation => explain(source, targets);
