import { at, entries, list } from "../support/json.ts";
import type { Rendered, RenderedOptions, Rendering } from "../support/render.ts";

/** A slip of a target, made in what it asked for, and where the contract must notice it. */
export interface Fault {
  readonly title: string;
  readonly workload: string;
  /** Field of the workload that must be complained about. */
  readonly field: string;
  /** The end of a resource's type, and its name, as `Service::edge`. */
  readonly resource: string;
  readonly slip: Slip;
}

/** Makes another resource of one, or none. */
export type Slip = (one: Rendered) => Rendered | undefined;

/** The rendering with that fault in it. Throws where there is nothing to slip on. */
export function withFault({ resources, outputs }: Rendering, { resource, slip }: Fault): Rendering {
  const [type, name] = resource.split("::");
  const target = resources.find((one) => one.type.endsWith(`:${type}`) && one.name === name);
  if (target === undefined) throw new Error(`there is no ${resource}`);
  return { outputs, resources: resources.flatMap((one) => (one === target ? (slip(one) ?? []) : one)) };
}

/** The resource was forgotten. */
export const missing: Slip = () => undefined;

/** Options were. */
export const options =
  (parts: Partial<RenderedOptions>): Slip =>
  (one) => ({ ...one, options: { ...one.options, ...parts } });

/** A value that should be secret stands in plain text. */
export const plainText: Slip = (one) => ({ ...one, secret: [] });

type Key = string | number;

/** An input is another: at `path`, where a text finds the element of a list by its name, and looks into a text of JSON. */
export const input =
  (path: readonly Key[], to?: unknown): Slip =>
  (one) => ({ ...one, inputs: Object.fromEntries(entries(replaced(one.inputs, path, () => to))) });

/** A list has one more. */
export const more =
  (path: readonly Key[], element: unknown): Slip =>
  (one) => ({
    ...one,
    inputs: Object.fromEntries(entries(replaced(one.inputs, path, (before) => [...list(before), element]))),
  });

function replaced(value: unknown, path: readonly Key[], to: (before: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to(value);
  if (typeof value === "string") return JSON.stringify(replaced(JSON.parse(value), path, to));
  if (Array.isArray(value)) {
    const index = typeof key === "number" ? key : value.findIndex((one) => at(one, "name") === key);
    if (index < 0 || index >= value.length) throw new Error(`there is no element ${key}`);
    return value.map((one, position) => (position === index ? replaced(one, rest, to) : one));
  }
  const before = at(value, key);
  if (before === undefined && rest.length > 0) throw new Error(`there is nothing at ${key}`);
  const after = replaced(before, rest, to);
  const others = entries(value).filter(([name]) => name !== String(key));
  return Object.fromEntries(after === undefined ? others : [...others, [String(key), after]]);
}
