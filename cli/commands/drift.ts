import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { say } from "../console/progress.ts";
import { groundOf } from "./ground.ts";

/** Exit code for a stack that drifted: 1 is an error, 2 a command that is not understood. */
const drifted = 3;

export function driftCommand(): Command {
  const command = new Command("drift")
    .description("say what of a stack is really not as its state has it; nothing is touched")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--json", "for machines")
    .addHelpText(
      "after",
      `\nExit code: 0 nothing differs, ${drifted} something does, 1 it could not be told. ` +
        "Secrets are never shown.\n`up` sets back what differs, `refresh` takes it over into the state.",
    )
    .action((stack: string, { json }: { json?: boolean }) => drift(stack, json ?? false));
  return withExamples(command, [["drift prod", "what somebody changed in prod by hand"]]);
}

async function drift(name: string, json: boolean): Promise<void> {
  const [
    { chooseStacks, projectsIn },
    { findDrift },
    { driftJson, driftTable },
    { listenForInterrupts },
    { reportProgress },
  ] = await Promise.all([
    import("../engine/stacks.ts"),
    import("../drift/find.ts"),
    import("../drift/report.ts"),
    import("../engine/interrupt.ts"),
    import("../engine/report/progress.ts"),
  ]);
  const interrupts = listenForInterrupts(say);
  try {
    for (const stackOf of chooseStacks(projectsIn(), [name])) {
      const { stack } = stackOf;
      const progress = reportProgress([stack]);
      const differences = await findDrift(stackOf, { ...interrupts, onProgress: progress.on(stack) }, groundOf);
      progress.end(stack, `${differences.length} differences`);
      if (json) console.log(driftJson(stack, differences));
      else console.log(differences.length === 0 ? `${stack}: no drift` : driftTable(differences));
      if (differences.length > 0) {
        const resources = new Set(differences.map(({ resource, type }) => `${type} ${resource}`)).size;
        throw new UserError(
          `${stack}: ${resources} resources are not as the state has them; ` +
            `./platform up ${stack} sets them back, ./platform refresh ${stack} takes them over`,
          drifted,
        );
      }
    }
  } finally {
    interrupts.stop();
  }
}
