import { isResource } from "../collect.ts";
import type { Change, PropertyChange, Step } from "../result.ts";

const signs: Readonly<Record<Change, string>> = {
  same: " ",
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  read: ">",
  refresh: "~",
};

/** Longer values are cut: a tree is for reading, `--json` has the whole. */
const longest = 100;

/** The resources as the tree that they are, each with its property changes; for a new one its inputs. */
export function treeLines(steps: readonly Step[]): readonly string[] {
  const children = Map.groupBy(steps, ({ parent }) => parent);
  const known = new Set(steps.map(({ urn }) => urn));
  const linesOf = (step: Step, depth: number): readonly string[] => {
    const indent = "  ".repeat(depth);
    const line = `${indent}${signs[step.change]} ${step.name}  ${step.type}`;
    const properties = propertyLines(step).map((property) => `${indent}      ${property}`);
    const below = (children.get(step.urn) ?? []).flatMap((child) => linesOf(child, depth + 1));
    return [line, ...properties, ...below];
  };
  const roots = steps.filter(({ parent }) => !known.has(parent));
  return roots.filter((step) => isResource(step) || children.has(step.urn)).flatMap((step) => linesOf(step, 0));
}

function propertyLines(step: Step): readonly string[] {
  if (step.properties.length > 0) return step.properties.map(propertyLine);
  if (step.change !== "create") return [];
  return Object.entries(step.inputs)
    .filter(([name]) => !name.startsWith("__"))
    .map(([name, value]) => `${name}: ${brief(text(value))}`);
}

/** `image: "a" → "b" (forces replacement)` */
export function propertyLine({ path, kind, before, after, forcesReplacement }: PropertyChange): string {
  const consequence = forcesReplacement ? " (forces replacement)" : "";
  if (kind === "add") return `${path}: + ${brief(text(after))}${consequence}`;
  if (kind === "delete") return `${path}: - ${brief(text(before))}${consequence}`;
  const [was, becomes] = pairOf(before, after);
  return `${path}: ${was} → ${becomes}${consequence}`;
}

/** Letters shown before and after a difference inside of long values. */
const context = 20;

/** Two values as text; of long ones only where they differ. */
export const pairOf = (before: unknown, after: unknown): readonly [string, string] =>
  whereTheyDiffer(text(before), text(after));

/** Two values; of long ones only where they differ, as inside a task definition's one long string. */
function whereTheyDiffer(before: string, after: string): readonly [string, string] {
  if (before.length <= longest && after.length <= longest) return [before, after];
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const excerpt = (value: string): string => {
    const [from, to] = [Math.max(0, start - context), Math.min(value.length, value.length - end + context)];
    return brief(`${from > 0 ? "…" : ""}${value.slice(from, to)}${to < value.length ? "…" : ""}`);
  };
  return [excerpt(before), excerpt(after)];
}

/** The engine's mark for a value that is known only after a deployment (sdk/go/common/resource/plugin, UnknownStringValue). */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const text = (value: unknown): string =>
  value === undefined
    ? "nothing"
    : JSON.stringify(value).replaceAll(new RegExp(`"?${unknown}"?`, "g"), "(known after up)");

const brief = (value: string): string => (value.length > longest ? `${value.slice(0, longest - 1)}…` : value);
