import { targets } from "../components/targets/index.ts";
import { deploymentProblems } from "./deployment.ts";
import { type Problem, SettingsError } from "./error.ts";
import { type Explanation, explain } from "./explain.ts";
import { readStackFile, secretKeysIn } from "./files.ts";
import { interpret } from "./interpret.ts";
import { receiverSecretProblems } from "./receiver-secrets.ts";

/** What `./platform settings` prints of the stack file in a folder; `target` replaces the file's. */
export function settingsReport(folder: string, stack: string, target?: string): Explanation {
  try {
    const source = readStackFile(folder, stack, target);
    const explanation = explain(source, targets);
    const { settings } = explanation;
    const unkept = settings === undefined ? [] : deploymentProblems(settings);
    const problems = unkept.map((message) => ({ key: `target ${settings?.target.name}`, message }));
    const secretless = settings === undefined ? [] : receiverSecretProblems(settings, secretKeysIn(folder, stack));
    // On another target than its own the stack is only tried: nobody has given it that target's secrets.
    const isTrial = target !== undefined && target !== source.config.target;
    return {
      ...explanation,
      warnings: [...explanation.warnings, ...(isTrial ? secretless : [])],
      problems: [...explanation.problems, ...problems, ...(isTrial ? [] : secretless)],
    };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { stack, settings: undefined, leaves: [], warnings: [], problems: error.problems };
  }
}

/** Receivers of a stack on its own target whose secret its file should hold and does not; what else is wrong is told elsewhere. */
export function secretlessReceivers(folder: string, stack: string): readonly Problem[] {
  const { settings } = interpret(readStackFile(folder, stack), targets);
  return settings === undefined ? [] : receiverSecretProblems(settings, secretKeysIn(folder, stack));
}
