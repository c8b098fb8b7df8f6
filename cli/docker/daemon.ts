import type Docker from "dockerode";
import type { Settings } from "../../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import type { WorkloadSpec } from "../../components/workload/index.ts";
import type { Daemon } from "../../offline/docker/daemon/client.ts";
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

/** One that has been opened by its name: where it runs, and what it was asked to be. */
interface OpenedStack extends DockerStack {
  readonly daemon: Daemon;
  readonly settings: Settings;
}

/**
 * Throws a UserError for a stack that is not there, runs elsewhere or cannot be read, and where no daemon answers.
 * @param target in place of the settings' own.
 */
export async function openDockerStack(stack: string, target?: string): Promise<OpenedStack> {
  const source = readStackFile(root, stack, target);
  const settings = readSettings(source);
  if (settings.target.name !== "docker") {
    throw new UserError(`${stack} runs on ${settings.target.name}: this command looks at a Docker daemon`);
  }
  const daemon = await openDaemon(namedDaemon(source));
  const workloads = membersOf(describePlatform(settings)).filter(isWorkload);
  return { stack, docker: daemon.docker, daemon, settings, workloads };
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
