import { Command } from "commander";
import type { Deployment } from "../engine/result.ts";
import { atTerminal, type TerminalOptions } from "./terminal.ts";

interface DeployOptions extends TerminalOptions {
  /** Of destroy. */
  readonly volumes?: boolean;
  /** Of up. */
  readonly release?: string;
}

/** The frame of up, destroy and refresh: they differ in what the engine is asked to do. */
export function deployCommand(operation: Deployment, description: string): Command {
  return new Command(operation)
    .description(description)
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--yes", "do not ask")
    .action((stack: string, _: unknown, command: Command) => deployNamed(operation, stack, command.optsWithGlobals()));
}

/** Does it with the stack of that name; see `deploy` of the engine. */
export const deployNamed = (operation: Deployment, name: string, options: DeployOptions): Promise<void> =>
  atTerminal(name, operation, options, async (request) => {
    const { release, volumes = false } = options;
    if (release === undefined) {
      const { deploy } = await import("../engine/deploy.ts");
      await deploy({ ...request, operation, volumes });
    } else {
      const { deployRelease } = await import("../release/carry-out.ts");
      await deployRelease(request, release);
    }
  });
