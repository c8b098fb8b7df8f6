import type { Settings } from "../../components/settings.ts";
import { describePlatform } from "../../components/specification.ts";
import { judgeProgram } from "../../policies/judge.ts";
import { POLICIES } from "../../policies/policies.ts";
import type { StackResource } from "../../policies/policy.ts";
import { settingsOf as packSettings } from "../../policies/settings.ts";
import {
  asValue,
  at,
  entries,
  json,
  type Node,
  object,
  type Properties,
  rootOf,
  type Value,
} from "../../policies/values.ts";
import { render } from "../support/render.ts";
import { type Asked, renderBootstrap } from "./bootstrap.ts";
import { GUARDS, type Guard } from "./guards.ts";
import { SAFETY } from "./unguarded.ts";

/** A stack as the policies see it, without an engine; what is JSON in it is opened, so that it can be walked. */
export async function programOf(settings: Settings): Promise<readonly StackResource[]> {
  const { resources } = await render(settings, describePlatform(settings));
  return resources.map(({ options: { deleteBeforeReplace }, ...asked }) => ({
    ...seen(asked, settings.stack),
    ...(deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace }),
  }));
}

/** The same of bootstrap/, which owns the repositories. */
export const bootstrapProgram = async (): Promise<readonly StackResource[]> =>
  (await renderBootstrap()).map((asked) => seen(asked, "bootstrap"));

const seen = ({ type, name, inputs }: Asked, stack: string): StackResource => ({
  type,
  name,
  urn: `urn:pulumi:${stack}::trading-platform::${type}::${name}`,
  properties: opened(object({ path: "", value: asValue(inputs) ?? undefined }) ?? {}),
  madeFrom: {},
});

/** The policies read a task's containers and a repository's rules as text or as what it says. */
function opened(properties: Properties): Properties {
  const read = ["containerDefinitions", "policy"].flatMap((key) => {
    const value = json(at(rootOf(properties), key))?.value;
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...properties, ...Object.fromEntries(read) };
}

/** One resource with one setting weakened. */
export interface Mutant {
  readonly guard: Guard;
  readonly resource: StackResource;
  readonly path: string;
  readonly program: readonly StackResource[];
}

/**
 * One mutant for each setting of each type that a guard names, at the first resource that states no reason to be
 * excepted from the guard's policy (root, with its reason): there the policy prints the reason, and accepts.
 */
export function mutantsOf(program: readonly StackResource[]): readonly Mutant[] {
  const made = new Map<string, Mutant>();
  for (const [index, resource] of program.entries()) {
    for (const { path } of nodesOf(rootOf(resource.properties))) {
      const place = path.replaceAll(/\[\d+\]/g, "[]");
      for (const [number, guard] of GUARDS.entries()) {
        const name = `${number} ${resource.type} ${place}`;
        if (made.has(name) || !guard.type.test(resource.type) || !guard.path.test(place)) continue;
        const weakened = replaced(resource.properties, path, guard.weak) ?? undefined;
        const properties = object({ path: "", value: weakened }) ?? {};
        const mutant = { guard, resource, path, program: program.with(index, { ...resource, properties }) };
        if (!isExcepted(mutant)) made.set(name, mutant);
      }
    }
  }
  return [...made.values()];
}

/** Settings that look like safety and that no guard covers, with their types, as `type path`. */
export function withoutGuard(program: readonly StackResource[]): readonly (readonly [type: string, path: string])[] {
  const places = program.flatMap(({ type, properties }) =>
    nodesOf(rootOf(properties)).map(({ path }) => [type, path.replaceAll(/\[\d+\]/g, "[]")] as const),
  );
  const open = places.filter(
    ([type, path]) => SAFETY.test(path) && !GUARDS.some((guard) => guard.type.test(type) && guard.path.test(path)),
  );
  return [...new Map(open.map((place) => [place.join(" "), place])).values()];
}

const isExcepted = ({ guard, resource, program }: Mutant): boolean =>
  findingsIn(program, [guard.policy]).some(({ kind, urn }) => kind === "accepted" && urn === resource.urn);

const nodesOf = (node: Node): readonly Node[] => {
  const inner = [...Object.keys(object(node) ?? {}).map((key) => at(node, key)), ...entries(node)];
  return inner.flatMap((child) => [child, ...nodesOf(child)]);
};

/** A copy in which the value at a path is another. */
function replaced(value: Value | undefined, path: string, weak: Value, here = ""): Value {
  if (here === path) return weak;
  const node: Node = { path: here, value: value ?? undefined };
  const list = entries(node);
  if (list.length > 0) return list.map((entry) => replaced(entry.value, path, weak, entry.path));
  const inner = object(node);
  if (inner === undefined) return value ?? null;
  return Object.fromEntries(
    Object.keys(inner).map((key) => [key, replaced(inner[key], path, weak, at(node, key).path)]),
  );
}

interface Found {
  readonly kind: "violation" | "unjudged" | "accepted";
  readonly policy: string;
  readonly urn: string;
  readonly problem: string;
}

const PRODUCTION = packSettings({ environment: "production" }, new Map(), "").context;

/** What policies find in a program, judged as production; all of them unless some are named. */
function findingsIn(program: readonly StackResource[], names?: readonly string[]): readonly Found[] {
  const policies = POLICIES.filter(({ name }) => names === undefined || names.includes(name));
  return policies.flatMap((policy) =>
    judgeProgram(policy, program, PRODUCTION).map(({ resource, finding }) => ({
      kind: finding.kind,
      policy: policy.name,
      urn: resource?.urn ?? "",
      problem: finding.kind === "unjudged" ? finding.property : finding.problem,
    })),
  );
}

export const violationsIn = (program: readonly StackResource[]): readonly string[] =>
  findingsIn(program)
    .filter(({ kind }) => kind === "violation")
    .map(({ policy, urn, problem }) => `${policy} ${urn} ${problem}`);

/** The policies whose violations a mutant adds to those that were there `before`. */
export function killersOf({ program }: Mutant, before: ReadonlySet<string>): readonly string[] {
  const added = violationsIn(program).filter((violation) => !before.has(violation));
  return [...new Set(added.map((violation) => violation.split(" ")[0] ?? ""))].sort();
}
