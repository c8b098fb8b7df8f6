import type { DeployRequest } from "../engine/deploy.ts";
import { groundOf } from "./ground.ts";

export interface TerminalOptions {
  readonly yes?: boolean;
  readonly verbose?: boolean;
}

/** What a deployment of a stack gets from this terminal: who answers, who interrupts, where it prints. */
export type AtTerminal = Omit<DeployRequest, "operation" | "volumes" | "verify">;

/**
 * Calls `action` with the stack of a name. Throws a UserError for a stack that is not there.
 * @param word what the person is asked about, as in "rollback prod?".
 */
export async function atTerminal(
  name: string,
  word: string,
  { yes = false, verbose }: TerminalOptions,
  action: (request: AtTerminal) => Promise<unknown>,
): Promise<void> {
  const [{ chooseStacks, environmentOf, projectsIn }, { confirmed }, { listenForInterrupts }] = await Promise.all([
    import("../engine/stacks.ts"),
    import("../engine/confirm.ts"),
    import("../engine/interrupt.ts"),
  ]);
  const interrupts = listenForInterrupts((line) => console.error(`platform: ${line}`));
  try {
    for (const stackOf of chooseStacks(projectsIn(), [name])) {
      await action({
        stackOf,
        groundOf,
        interrupts,
        print: (text) => console.log(text),
        confirm: () =>
          confirmed({
            stack: stackOf.stack,
            operation: word,
            byName: environmentOf(stackOf) === "production",
            yes,
          }),
        ...(verbose ? { onOutput: (text: string) => process.stderr.write(text) } : {}),
      });
    }
  } finally {
    interrupts.stop();
  }
}
