import type { Context, ExampleResource, Finding, Policy, Resource, StackResource } from "./policy.ts";
import { settingsOf } from "./settings.ts";

/** A stack whose name and configuration say nothing. */
export const DEFAULT_CONTEXT: Context = settingsOf({}, new Map(), "").context;

/** A finding and the resource that it is about; none where it is about the stack. */
export interface Judgement {
  readonly resource?: Resource;
  readonly finding: Finding;
}

/** What a policy finds in a whole program: each resource by itself, then all together. */
export function judgeProgram(
  policy: Policy,
  resources: readonly StackResource[],
  context: Context = DEFAULT_CONTEXT,
): readonly Judgement[] {
  return [
    ...resources.flatMap((resource) => judgeResource(policy, resource, context)),
    ...policy.stackRules.flatMap((rule) => {
      const verdict = rule.judge(
        resources.filter(({ type }) => rule.types.includes(type)),
        context,
      );
      return verdict.kind === "judged" ? verdict.findings : [];
    }),
  ];
}

function judgeResource(policy: Policy, resource: Resource, context: Context): readonly Judgement[] {
  const rule = policy.resourceRules.find(({ types }) => types.includes(resource.type));
  const verdict = rule?.judge(resource, context);
  return verdict?.kind === "judged" ? verdict.findings.map((finding) => ({ resource, finding })) : [];
}

/** An example's resources as a stack holds them. */
export function programOf(example: readonly ExampleResource[]): readonly StackResource[] {
  const resources = example.map(({ madeFrom, ...resource }): Resource => ({ ...resource, urn: urnOf(resource) }));
  return example.map(({ madeFrom = {}, ...resource }) => ({
    ...resource,
    urn: urnOf(resource),
    madeFrom: Object.fromEntries(
      Object.entries(madeFrom).map(([property, source]) => [property, resources.filter(({ name }) => name === source)]),
    ),
  }));
}

const urnOf = ({ type, name }: Pick<Resource, "type" | "name">): string =>
  `urn:pulumi:example::example::${type}::${name}`;
