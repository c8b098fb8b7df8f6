import { at, entries, flag, isUnknown, json, type Node, text } from "./values.ts";

export type ContainerDefinitions =
  | { readonly kind: "known"; readonly containers: readonly Node[] }
  | { readonly kind: "unknown"; readonly node: Node }
  | { readonly kind: "unreadable" };

/** The containers of a task definition; the provider takes them as JSON text. */
export function containerDefinitions(root: Node): ContainerDefinitions {
  const source = at(root, "containerDefinitions");
  if (isUnknown(source)) return { kind: "unknown", node: source };
  const read = json(source);
  if (read === undefined || !Array.isArray(read.value)) return { kind: "unreadable" };
  return { kind: "known", containers: entries(read) };
}

export interface EssentialContainers {
  readonly containers: readonly Node[];
  readonly unknown: readonly Node[];
}

/**
 * The containers whose end ends the task: essential is the default. Left out are those that another one waits for to
 * complete, as init containers do.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 */
export function essentialContainers(containers: readonly Node[]): EssentialContainers {
  const known = containers.filter((container) => !isUnknown(container));
  const initial = new Set(
    known
      .flatMap((container) => entries(at(container, "dependsOn")))
      .filter((dependency) => ["SUCCESS", "COMPLETE"].includes(text(at(dependency, "condition")) ?? ""))
      .map((dependency) => text(at(dependency, "containerName"))),
  );
  return {
    containers: known
      .filter((container) => flag(at(container, "essential")) !== false)
      .filter((container) => !initial.has(text(at(container, "name")) ?? "")),
    unknown: containers.filter(isUnknown),
  };
}
