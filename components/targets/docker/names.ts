/** What every object of a stack on a daemon is called by and labelled with, so that it can be found and cleaned up. */
export interface Naming {
  readonly project: string;
  readonly stack: string;
  readonly environment: string;
}

export interface Label {
  readonly label: string;
  readonly value: string;
}

/** A name that no other stack on the daemon has. */
export const nameOf = ({ project, stack }: Naming, ...parts: readonly string[]): string =>
  [project, stack, ...parts].join("-");

/** Of the replicas of a workload, the first is called as it is. */
export const numbered = (name: string, index: number): string => (index === 0 ? name : `${name}-${index + 1}`);

type Called = { readonly name: string };

/** The container through which the volumes with a workload's files are filled. */
export const loaderName = ({ name }: Called): string => `${name}-files`;

/** The same of files that change under the running container. */
export const liveLoaderName = ({ name }: Called): string => `${name}-live-files`;

/** The container that fetches what Vault holds of a workload's files. */
export const agentName = ({ name }: Called): string => `${name}-agent`;

export const ownVolumeName = ({ name }: Called, volume: Called, index: number): string =>
  numbered(`${name}-${volume.name}`, index);

export const fileVolumeName = ({ name }: Called, { slug }: { readonly slug: string }): string => `${name}-${slug}`;

/** Label of a volume with a workload's own data: it outlives the stack, and is removed only when somebody says so. */
export const keptLabel = "kept";

/** Labels of what belongs to `component`; without a version, because a change of label makes a volume or network anew. */
export const labelsOf = ({ project, stack, environment }: Naming, component: string): Label[] => [
  { label: "project", value: project },
  { label: "stack", value: stack },
  { label: "environment", value: environment },
  { label: "component", value: component },
];
