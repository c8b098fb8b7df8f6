import { Command } from "commander";
import type { Deployment } from "../engine/result.ts";
import { groundOf } from "./ground.ts";

interface DeployOptions {
  readonly yes?: boolean;
  readonly verbose?: boolean;
  /** Of destroy. */
  readonly volumes?: boolean;
}

/** The frame of up, destroy and refresh: they differ in what the engine is asked to do. */
export function deployCommand(operation: Deployment, description: string): Command {
  return new Command(operation)
    .description(description)
    .argument("<stack>")
    .option("--yes", "do not ask")
    .action((stack: string, _: unknown, command: Command) => deployNamed(operation, stack, command.optsWithGlobals()));
}

/** Does it with the stack of that name; see `deploy` of the engine. */
export async function deployNamed(
  operation: Deployment,
  name: string,
  { yes = false, verbose, volumes = false }: DeployOptions,
): Promise<void> {
  const [{ chooseStacks, projectsIn }, { deploy }, { confirmed }, { listenForInterrupts }] = await Promise.all([
    import("../engine/stacks.ts"),
    import("../engine/deploy.ts"),
    import("../engine/confirm.ts"),
    import("../engine/interrupt.ts"),
  ]);
  const interrupts = listenForInterrupts((line) => console.error(`platform: ${line}`));
  try {
    for (const stackOf of chooseStacks(projectsIn(), [name])) {
      await deploy({
        stackOf,
        operation,
        volumes,
        groundOf,
        interrupts,
        print: (text) => console.log(text),
        confirm: () => confirmed({ stack: stackOf.stack, operation, yes }),
        ...(verbose ? { onOutput: (text: string) => process.stderr.write(text) } : {}),
      });
    }
  } finally {
    interrupts.stop();
  }
}
