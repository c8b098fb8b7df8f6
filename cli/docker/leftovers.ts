import type Docker from "dockerode";
import { keptLabel } from "../../components/targets/docker/names.ts";
import { isMissing } from "../../offline/docker/daemon/errors.ts";
import type { StackState } from "../engine/state.ts";

/** Something on the daemon that says it is the stack's, and that the stack's state does not know: an update was ended while it was made. */
export interface Leftover {
  readonly kind: "container" | "network" | "volume";
  readonly id: string;
  readonly name: string;
}

/** Everything that is labelled as the stack's. Volumes with a workload's own data are left out: nobody removes those by the way. */
export async function labelledAs(docker: Docker, project: string, stack: string): Promise<readonly Leftover[]> {
  const filters = { label: [`project=${project}`, `stack=${stack}`] };
  const [containers, networks, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Id, Names }) => ({ kind: "container", id: Id, name: Names[0]?.slice(1) ?? Id }) as const),
    ...networks.map(({ Id, Name }) => ({ kind: "network", id: Id, name: Name }) as const),
    ...Volumes.filter(({ Labels }) => Labels?.[keptLabel] === undefined).map(
      ({ Name }) => ({ kind: "volume", id: Name, name: Name }) as const,
    ),
  ];
}

/** Those that the state does not know. */
export function leftoversIn(labelled: readonly Leftover[], { resources }: StackState): readonly Leftover[] {
  const known = new Set(resources.filter(({ type }) => type.startsWith("docker:")).map(({ id }) => id));
  return labelled.filter(({ id }) => !known.has(id));
}

/** Removes them, containers first: they hold the others. What is gone meanwhile is fine. */
export async function removeLeftovers(docker: Docker, leftovers: readonly Leftover[]): Promise<void> {
  const of = (kind: Leftover["kind"]) => leftovers.filter((leftover) => leftover.kind === kind).map(({ id }) => id);
  const unlessGone = (error: unknown): void => {
    if (!isMissing(error)) throw error;
  };
  await Promise.all(of("container").map((id) => docker.getContainer(id).remove({ force: true }).catch(unlessGone)));
  await Promise.all(of("network").map((id) => docker.getNetwork(id).remove().catch(unlessGone)));
  await Promise.all(of("volume").map((id) => docker.getVolume(id).remove().catch(unlessGone)));
}
