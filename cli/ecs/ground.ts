import { namespace } from "../../stacks/error.ts";
import { UserError } from "../console/error.ts";
import type { Ground } from "../engine/ground.ts";
import type { LiveStack } from "../engine/live.ts";
import type { Operation } from "../engine/result.ts";
import type { StackOf } from "../engine/stacks.ts";
import { stateOf } from "../engine/state.ts";
import { drivenTargetOf } from "../engine/target-provider.ts";
import { requireMirrored } from "../mirror/ready.ts";
import { lastLines } from "./last-lines.ts";
import { type GoneBack, goneBackIn } from "./services.ts";

/**
 * ECS' ground: the services that went back are read anew before the plan, which would find nothing to do otherwise.
 * Undefined for what is no update, and for a stack on Docker or Kubernetes.
 */
export async function ecsGround(stackOf: StackOf, operation: Operation): Promise<Ground | undefined> {
  if (operation !== "up" || stackOf.project.name !== namespace || drivenTargetOf(stackOf) !== undefined)
    return undefined;
  return {
    config: {},
    requireReady: () => requireMirrored(stackOf),
    outdated: async (live) => {
      const services = await goneBack(live);
      if (services.length === 0) return undefined;
      const names = services.map(({ service, recorded }) => `${service} (recorded is ${recorded})`);
      return { why: `does not run what is recorded: ${names.join(", ")}`, urns: services.map(({ urn }) => urn) };
    },
    next: [],
    survey: async () => ({ lines: [], clear: async () => {}, finish: async () => {} }),
    afterFailure: async (live) =>
      lastLines(
        stackOf,
        (await goneBack(live)).map(({ service }) => service),
      ),
  };
}

async function goneBack(live: LiveStack): Promise<readonly GoneBack[]> {
  const state = await stateOf(live);
  try {
    return await goneBackIn(state);
  } catch (error) {
    throw new UserError(
      `${live.stack}: AWS does not tell what runs: ${error instanceof Error ? error.message : error}; ` +
        "the credentials need ecs:DescribeServices",
    );
  }
}
