import { type DeployRequest, deploy } from "../../cli/engine/deploy.ts";
import type { Deployment } from "../../cli/engine/result.ts";
import type { StackOf } from "../../cli/engine/stacks.ts";

/** What a command printed, and its refusal if there is one. */
export interface Outcome {
  readonly printed: string;
  readonly refusal: string | undefined;
}

const never = new AbortController().signal;

type More = Pick<DeployRequest, "groundOf" | "volumes">;

/** As `./platform up|refresh|destroy <stack> --yes`, in this process. */
export async function deployed(stackOf: StackOf, operation: Deployment, more: More = {}): Promise<Outcome> {
  const printed: string[] = [];
  const refusal = await deploy({
    stackOf,
    operation,
    interrupts: { interrupt: never, kill: never, stop: () => {} },
    print: (text) => printed.push(text),
    confirm: async () => true,
    ...more,
  }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { printed: printed.join("\n"), refusal };
}
