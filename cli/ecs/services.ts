import { z } from "zod";
import { Cloud } from "../../components/targets/ecs/running/cloud.ts";
import { judge, shortName } from "../../components/targets/ecs/running/verdict.ts";
import type { StackState } from "../engine/state.ts";

/** An ECS service that does not run what the state says. */
export interface GoneBack {
  readonly urn: string;
  readonly service: string;
  /** As `family:revision`. */
  readonly recorded: string;
}

const outputs = z.object({ name: z.string(), cluster: z.string(), taskDefinition: z.string() });

/** The services of a state that ECS took back, or somebody changed by hand. Asks AWS only where the state has services. */
export async function goneBackIn({ resources }: StackState): Promise<readonly GoneBack[]> {
  const clouds = new Map<string, Promise<Cloud>>();
  const cloudIn = (region: string): Promise<Cloud> => {
    const cloud = clouds.get(region) ?? Cloud.open(region);
    clouds.set(region, cloud);
    return cloud;
  };
  const looked = resources
    .filter(({ type }) => type === "aws:ecs/service:Service")
    .map(async ({ urn, outputs: recorded }): Promise<readonly GoneBack[]> => {
      const found = outputs.safeParse(recorded);
      if (!found.success) return [];
      const { name: service, cluster, taskDefinition } = found.data;
      const [, , , region = ""] = taskDefinition.split(":");
      const deployments = await (await cloudIn(region)).deployments(cluster, service);
      const { kind } = judge(deployments, taskDefinition);
      return kind === "runs" || kind === "under way" ? [] : [{ urn, service, recorded: shortName(taskDefinition) }];
    });
  return (await Promise.all(looked)).flat();
}
