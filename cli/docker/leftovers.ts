import type Docker from "dockerode";
import { keptLabel } from "../../components/targets/docker/names.ts";
import { isMissing } from "../../offline/docker/daemon/errors.ts";
import type { StackState } from "../engine/state.ts";

/** Something on the daemon that says it is the stack's. */
export interface Labelled {
  readonly kind: "container" | "network" | "volume";
  readonly id: string;
  readonly name: string;
  /** A volume with a workload's own data: nobody removes those by the way. */
  readonly kept: boolean;
}

/** Everything that is labelled as the stack's. */
export async function labelledAs(docker: Docker, project: string, stack: string): Promise<readonly Labelled[]> {
  const filters = { label: [`project=${project}`, `stack=${stack}`] };
  const [containers, networks, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(
      ({ Id, Names }) => ({ kind: "container", id: Id, name: Names[0]?.slice(1) ?? Id, kept: false }) as const,
    ),
    ...networks.map(({ Id, Name }) => ({ kind: "network", id: Id, name: Name, kept: false }) as const),
    ...Volumes.map(
      ({ Name, Labels }) =>
        ({ kind: "volume", id: Name, name: Name, kept: Labels?.[keptLabel] !== undefined }) as const,
    ),
  ];
}

/** Those that the state does not know: an update was ended while they were made. Kept volumes are none. */
export function leftoversIn(labelled: readonly Labelled[], { resources }: StackState): readonly Labelled[] {
  const known = new Set(resources.filter(({ type }) => type.startsWith("docker:")).map(({ id }) => id));
  return labelled.filter(({ id, kept }) => !kept && !known.has(id));
}

/** Removes things from the daemon, containers first: they hold the others. What is gone meanwhile is fine. */
export async function removeLeftovers(docker: Docker, leftovers: readonly Labelled[]): Promise<void> {
  const of = (kind: Labelled["kind"]) => leftovers.filter((leftover) => leftover.kind === kind).map(({ id }) => id);
  const unlessGone = (error: unknown): void => {
    if (!isMissing(error)) throw error;
  };
  await Promise.all(of("container").map((id) => docker.getContainer(id).remove({ force: true }).catch(unlessGone)));
  await Promise.all(of("network").map((id) => docker.getNetwork(id).remove().catch(unlessGone)));
  await Promise.all(of("volume").map((id) => docker.getVolume(id).remove().catch(unlessGone)));
}
