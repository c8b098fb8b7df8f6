import type Docker from "dockerode";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import type { WorkloadSpec } from "../../components/workload/index.ts";
import { namespace } from "../../stacks/error.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { UserError } from "../console/error.ts";
import { root } from "../root.ts";
import { namedDaemon, openDaemon } from "./connection.ts";

/** A stack on its Docker daemon. */
export interface DockerStack {
  readonly stack: string;
  readonly docker: Docker;
  /** What the stack's settings describe, whether or not it is there. */
  readonly workloads: readonly WorkloadSpec[];
}

/** Throws a UserError for a stack that is not there, runs elsewhere or cannot be read, and where no daemon answers. */
export async function openDockerStack(stack: string): Promise<DockerStack> {
  const source = readStackFile(root, stack);
  const settings = readSettings(source);
  if (settings.target.name !== "docker") {
    throw new UserError(`${stack} runs on ${settings.target.name}: this command looks at a Docker daemon`);
  }
  const { docker } = await openDaemon(namedDaemon(source));
  return { stack, docker, workloads: membersOf(describePlatform(settings)).filter(isWorkload) };
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
