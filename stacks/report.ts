import { targets } from "../components/targets/index.ts";
import { deploymentProblems } from "./deployment.ts";
import { SettingsError } from "./error.ts";
import { type Explanation, explain } from "./explain.ts";
import { readStackFile, secretKeysIn } from "./files.ts";
import { receiverSecretWarnings } from "./receiver-secrets.ts";

/** What `./platform settings` prints of the stack file in a folder; `target` replaces the file's. */
export function settingsReport(folder: string, stack: string, target?: string): Explanation {
  try {
    const source = readStackFile(folder, stack);
    const explanation = explain(target === undefined ? source : { ...source, target }, targets);
    const { settings } = explanation;
    const unkept = settings === undefined ? [] : deploymentProblems(settings);
    const problems = unkept.map((message) => ({ key: `target ${settings?.target.name}`, message }));
    const secretless = settings === undefined ? [] : receiverSecretWarnings(settings, secretKeysIn(folder, stack));
    return {
      ...explanation,
      warnings: [...explanation.warnings, ...secretless],
      problems: [...explanation.problems, ...problems],
    };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { stack, settings: undefined, leaves: [], warnings: [], problems: error.problems };
  }
}
