import type Docker from "dockerode";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import type { WorkloadSpec } from "../../components/workload/index.ts";
import { connect } from "../../offline/docker/daemon/client.ts";
import { ProviderError } from "../../offline/served-provider.ts";
import { namespace } from "../../stacks/error.ts";
import { readStackFile } from "../../stacks/files.ts";
import { valueAt } from "../../stacks/layers.ts";
import { readSettings } from "../../stacks/read.ts";
import { UserError } from "../console/error.ts";
import { root } from "../root.ts";

/** A stack on its Docker daemon. */
export interface DockerStack {
  readonly stack: string;
  readonly docker: Docker;
  /** What the stack's settings describe, whether or not it is there. */
  readonly workloads: readonly WorkloadSpec[];
}

/** Throws a UserError for a stack that is not there, runs elsewhere or cannot be read, and where no daemon answers. */
export async function openDockerStack(stack: string): Promise<DockerStack> {
  try {
    const source = readStackFile(root, stack);
    const settings = readSettings(source);
    if (settings.target.name !== "docker") {
      throw new UserError(`${stack} runs on ${settings.target.name}: this command looks at a Docker daemon`);
    }
    const host = valueAt(source.config, ["docker", "host"]);
    const { docker } = await connect(typeof host === "string" ? { host } : {});
    return { stack, docker, workloads: membersOf(describePlatform(settings)).filter(isWorkload) };
  } catch (error) {
    if (error instanceof ProviderError) throw new UserError(error.message);
    throw error;
  }
}

/** Containers of a stack that run or did run, all labels as `components/targets/docker/names.ts` writes them. */
export async function containersOf({
  docker,
  stack,
}: Pick<DockerStack, "docker" | "stack">): Promise<readonly Docker.ContainerInfo[]> {
  const filters = { label: [`project=${namespace}`, `stack=${stack}`] };
  const all = await docker.listContainers({ all: true, filters });
  // What was made only to fill a volume was never started.
  return all.filter(({ State }) => State !== "created");
}

/** The part of the platform that a container is. */
export const componentOf = ({ Labels }: Docker.ContainerInfo): string => Labels.component ?? "";
