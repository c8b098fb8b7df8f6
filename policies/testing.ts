import type { Environment } from "./enforcement.ts";
import { DEFAULT_CONTEXT, judgeProgram, programOf } from "./judge.ts";
import type { ExampleResource, Policy, Verdict } from "./policy.ts";
import { entries, type Node, object, type Properties, UNKNOWN, type Value } from "./values.ts";

/** What a policy finds, in short: `name: problem` for a violation, `name? property` for what it could not judge. */
export const found = (policy: Policy, ...program: readonly ExampleResource[]): readonly string[] =>
  foundIn("production", policy, ...program);

/** The same in another environment; a stack that says nothing is judged as production. `name! reason`: accepted. */
export const foundIn = (
  environment: Environment,
  policy: Policy,
  ...program: readonly ExampleResource[]
): readonly string[] =>
  judgeProgram(policy, programOf(program), { ...DEFAULT_CONTEXT, environment }).map(({ resource, finding }) => {
    if (finding.kind === "unjudged") return `${resource?.name}? ${finding.property}`;
    if (finding.kind === "accepted") return `${resource?.name}! ${finding.reason}`;
    return `${resource?.name}: ${finding.property}: ${finding.problem}`;
  });

/** The verdict on one resource by itself. */
export function verdictOn(policy: Policy, resource: Omit<ExampleResource, "name">): Verdict | undefined {
  const rule = policy.resourceRules.find(({ types }) => types.includes(resource.type));
  return rule?.judge({ name: "it", urn: "urn:it", ...resource }, DEFAULT_CONTEXT);
}

interface Changed<V> {
  readonly path: string;
  readonly value: V;
}

/** Every copy of an object in which one property, of it or below it, is another value; with that property's path. */
export const withOneChanged = (properties: Properties, replacement: Value, path = ""): readonly Changed<Properties>[] =>
  Object.entries(properties).flatMap(([key, entry]): readonly Changed<Properties>[] => {
    const here = path === "" ? key : `${path}.${key}`;
    const replaced = (value: Value): Properties => ({ ...properties, [key]: value });
    return [
      { path: here, value: replaced(replacement) },
      ...changedBelow(entry, replacement, here).map((inner) => ({ path: inner.path, value: replaced(inner.value) })),
    ];
  });

/** The same for what is not known. */
export const withOneUnknown = (properties: Properties): readonly Changed<Properties>[] =>
  withOneChanged(properties, UNKNOWN);

function changedBelow(value: Value | undefined, replacement: Value, path: string): readonly Changed<Value>[] {
  const node: Node = { path, value: value ?? undefined };
  const inner = object(node);
  if (inner !== undefined) return withOneChanged(inner, replacement, path);
  const list = entries(node);
  return list.flatMap((entry, index) => {
    const other = (changed: Value): readonly Value[] =>
      list.map((one, place) => (place === index ? changed : (one.value ?? null)));
    return [
      { path: entry.path, value: other(replacement) },
      ...changedBelow(entry.value, replacement, entry.path).map((below) => ({
        path: below.path,
        value: other(below.value),
      })),
    ];
  });
}
