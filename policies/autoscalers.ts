import type { Resource } from "./policy.ts";
import { at, type Node, rootOf, text } from "./values.ts";

export const namespaceOf = ({ properties }: Resource): string =>
  text(at(rootOf(properties), "metadata", "namespace")) ?? "";

const targetKey = (namespace: string, kind: string, name: string): string => `${namespace}/${kind}/${name}`;

/** `minReplicas` of each autoscaler, by what it scales. */
export function minimumByTarget(autoscalers: readonly Resource[]): ReadonlyMap<string, Node> {
  return new Map(
    autoscalers.map((autoscaler) => {
      const target = at(rootOf(autoscaler.properties), "spec", "scaleTargetRef");
      const key = targetKey(namespaceOf(autoscaler), text(at(target, "kind")) ?? "", text(at(target, "name")) ?? "");
      return [key, at(rootOf(autoscaler.properties), "spec", "minReplicas")];
    }),
  );
}

/** How many of a workload there are at least: its autoscaler's number, else its own. */
export function minimumOf(workload: Resource, minimum: ReadonlyMap<string, Node>): Node {
  const stated = at(rootOf(workload.properties), "spec", "replicas");
  const name = text(at(rootOf(workload.properties), "metadata", "name")) ?? "";
  const kind = workload.type.replace(/^.*:/, "");
  return minimum.get(targetKey(namespaceOf(workload), kind, name)) ?? stated;
}
