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

/** Label of a volume with a workload's own data: it outlives the stack, and is removed by nobody but a person. */
export const keptLabel = "kept";

/** Labels of what belongs to `component`; without a version, because a change of label makes a volume or network anew. */
export const labelsOf = ({ project, stack, environment }: Naming, component: string): Label[] => [
  { label: "project", value: project },
  { label: "stack", value: stack },
  { label: "environment", value: environment },
  { label: "component", value: component },
];
