import { type DeployRequest, deploy } from "../../cli/engine/deploy.ts";
import type { Deployment } from "../../cli/engine/result.ts";
import type { StackOf } from "../../cli/engine/stacks.ts";

/** What a command printed, and its refusal if there is one. */
export interface Outcome {
  readonly printed: string;
  readonly refusal: string | undefined;
}

const never = new AbortController().signal;

/** What a command gives a deployment from its terminal. */
type Request = Omit<DeployRequest, "operation" | "volumes" | "verify">;

type More = Pick<DeployRequest, "groundOf">;

/** As `./platform up|refresh|destroy <stack> --yes`, in this process. */
export const deployed = (
  stackOf: StackOf,
  operation: Deployment,
  { volumes = false, verify, ...more }: More & Pick<DeployRequest, "volumes" | "verify"> = {},
): Promise<Outcome> =>
  carriedOut(stackOf, more, (request) =>
    deploy({ ...request, operation, volumes, ...(verify === undefined ? {} : { verify }) }),
  );

/** As a command that deploys, with `--yes`. */
export async function carriedOut(
  stackOf: StackOf,
  more: More,
  action: (request: Request) => Promise<unknown>,
): Promise<Outcome> {
  const printed: string[] = [];
  const refusal = await action({
    stackOf,
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
