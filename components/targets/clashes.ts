/** A name of something that a stack has on its target, and whose it is. */
export interface Owned {
  /** Names of different kinds never meet: `container`, `security group`. */
  readonly kind: string;
  readonly name: string;
  /** As a person reads it: `workload api`, `the platform itself`. */
  readonly owner: string;
}

/** Whose the target's own things are. */
export const platformItself = "the platform itself";

/** Names that two of them would have; each one message. */
export function clashes(all: readonly Owned[]): readonly string[] {
  const byName = Map.groupBy(all, ({ kind, name }) => `${kind} "${name}"`);
  return [...byName]
    .filter(([, same]) => same.length > 1)
    .map(([what, same]) => `${same.map(({ owner }) => owner).join(" and ")} would both have the ${what}; rename one`);
}
