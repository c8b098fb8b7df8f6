import { DEFAULT_CONTEXT, judgeProgram, programOf } from "./judge.ts";
import type { ExampleResource, Policy, Verdict } from "./policy.ts";
import { entries, type Node, object, type Properties, UNKNOWN, type Value } from "./values.ts";

/** What a policy finds, in short: `name: problem` for a violation, `name? property` for what it could not judge. */
export const found = (policy: Policy, ...program: readonly ExampleResource[]): readonly string[] =>
  judgeProgram(policy, programOf(program)).map(({ resource, finding }) =>
    finding.kind === "unjudged"
      ? `${resource?.name}? ${finding.property}`
      : `${resource?.name}: ${finding.property}: ${finding.problem}`,
  );

/** The verdict on one resource by itself. */
export function verdictOn(policy: Policy, resource: Omit<ExampleResource, "name">): Verdict | undefined {
  const rule = policy.resourceRules.find(({ types }) => types.includes(resource.type));
  return rule?.judge({ name: "it", urn: "urn:it", ...resource }, DEFAULT_CONTEXT);
}

interface WithUnknown<V> {
  readonly path: string;
  readonly value: V;
}

/** Every copy of an object in which one property, of it or below it, is unknown; with that property's path. */
export const withOneUnknown = (properties: Properties, path = ""): readonly WithUnknown<Properties>[] =>
  Object.entries(properties).flatMap(([key, entry]): readonly WithUnknown<Properties>[] => {
    const here = path === "" ? key : `${path}.${key}`;
    const replaced = (value: Value): Properties => ({ ...properties, [key]: value });
    return [
      { path: here, value: replaced(UNKNOWN) },
      ...unknownBelow(entry, here).map((inner) => ({ path: inner.path, value: replaced(inner.value) })),
    ];
  });

function unknownBelow(value: Value | undefined, path: string): readonly WithUnknown<Value>[] {
  const node: Node = { path, value: value ?? undefined };
  const inner = object(node);
  if (inner !== undefined) return withOneUnknown(inner, path);
  const list = entries(node);
  return list.flatMap((entry, index) =>
    unknownBelow(entry.value, entry.path).map((below) => ({
      path: below.path,
      value: list.map((other, place) => (place === index ? below.value : (other.value ?? null))),
    })),
  );
}
