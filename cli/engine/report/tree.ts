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
    .map(([name, value]) => `${name}: ${brief(value)}`);
}

/** `image: "a" → "b" (forces replacement)` */
export function propertyLine({ path, kind, before, after, forcesReplacement }: PropertyChange): string {
  const change =
    kind === "add"
      ? `+ ${brief(after)}`
      : kind === "delete"
        ? `- ${brief(before)}`
        : `${brief(before)} → ${brief(after)}`;
  return `${path}: ${change}${forcesReplacement ? " (forces replacement)" : ""}`;
}

/** The engine's mark for a value that is known only after a deployment (sdk/go/common/resource/plugin, UnknownStringValue). */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function brief(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value).replaceAll(new RegExp(`"?${unknown}"?`, "g"), "(known after up)");
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
