import { UserError } from "../console/error.ts";
import type { GroundOf } from "../engine/ground.ts";
import { interrupted } from "../engine/interrupt.ts";
import { developersStack, openLive, runLive } from "../engine/live.ts";
import { backendInUse } from "../engine/login.ts";
import { findingLines } from "../engine/report/findings.ts";
import { passed } from "../engine/result.ts";
import type { RunControl } from "../engine/run.ts";
import type { StackOf } from "../engine/stacks.ts";
import { stateOf } from "../engine/state.ts";
import { type Difference, driftIn } from "./drift.ts";

/**
 * Compares what a stack's state has with what is really there; neither of the two is touched.
 * Throws a UserError where that cannot be told: nobody is logged in, nothing is deployed, a provider does not answer.
 * @param groundOf default: the engine alone.
 */
export async function findDrift(
  stackOf: StackOf,
  control: RunControl,
  groundOf?: GroundOf,
): Promise<readonly Difference[]> {
  requireTheRealThing(stackOf);
  const { stack } = stackOf;
  const ground = await groundOf?.(stackOf, "refresh");
  const live = await openLive(stackOf, ground?.config);
  if ((await stateOf(live)).resources.length === 0) {
    throw new UserError(`${stack}: nothing is deployed, so nothing can drift; first ./platform up ${stack}`);
  }
  const result = await runLive(live, "refresh", { ...control, planOnly: true });
  if (result.outcome === "interrupted") throw interrupted();
  if (!passed(result)) {
    const reasons = findingLines([result]).join("\n");
    throw new UserError(`${stack}: what is really there could not be read, so its drift is not known:\n${reasons}`);
  }
  return driftIn(result);
}

/** A stand-in answers with what is recorded: nothing would ever differ, and that would be believed. */
function requireTheRealThing({ project, stack }: StackOf): void {
  if (process.env.PULUMI_DEBUG_PROVIDERS) {
    throw new UserError(
      `${stack}: PULUMI_DEBUG_PROVIDERS attaches providers that may be stand-ins, which know nothing of what is really there; unset it`,
    );
  }
  if (stack !== developersStack && backendInUse(project) === undefined) {
    throw new UserError(
      `${stack}: nobody is logged in to a Pulumi backend. Drift is what differs between the stack's real state and what is ` +
        "really there; offline stand-ins have neither. Run `pulumi login <url>`, or set PULUMI_BACKEND_URL",
    );
  }
}
