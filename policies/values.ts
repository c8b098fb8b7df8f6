/** Stands for a value that the engine does not know yet: an output of something that is created by the same update. */
export const UNKNOWN: unique symbol = Symbol("not known before the update");

/** What a property of a resource can be. */
export type Value = null | boolean | number | string | typeof UNKNOWN | readonly Value[] | Properties;

/** The properties of a resource, or of an object inside it. */
export interface Properties {
  readonly [key: string]: Value | undefined;
}

/** A value together with its place in the resource, so that a finding can name the property. */
export interface Node {
  /** As a person writes it: `spec.template.spec.containers[0].readinessProbe`. */
  readonly path: string;
  /** Absent where the program states nothing (null and undefined are the same to a provider). */
  readonly value: Exclude<Value, null> | undefined;
}

export const rootOf = (properties: Properties): Node => ({ path: "", value: properties });

export const isUnknown = ({ value }: Node): boolean => value === UNKNOWN;

/** Neither stated nor to be known later. */
export const isAbsent = ({ value }: Node): boolean => value === undefined;

const isList = (value: Node["value"]): value is readonly Value[] => Array.isArray(value);

const isObject = (value: Node["value"]): value is Properties => typeof value === "object" && !isList(value);

/** The property at the end of `keys`; where a step on the way is unknown, that step, since it is what cannot be judged. */
export function at(node: Node, ...keys: readonly string[]): Node {
  const [key, ...rest] = keys;
  if (key === undefined || isUnknown(node)) return node;
  const value = isObject(node.value) && Object.hasOwn(node.value, key) ? node.value[key] : undefined;
  return at({ path: node.path === "" ? key : `${node.path}.${key}`, value: value ?? undefined }, ...rest);
}

/** The entries of a list; none where there is no list (ask {@link isUnknown} first). */
export function entries(node: Node): readonly Node[] {
  if (!isList(node.value)) return [];
  return node.value.map((value, index) => ({ path: `${node.path}[${index}]`, value: value ?? undefined }));
}

export const text = ({ value }: Node): string | undefined => (typeof value === "string" ? value : undefined);

export const number = ({ value }: Node): number | undefined => (typeof value === "number" ? value : undefined);

export const flag = ({ value }: Node): boolean | undefined => (typeof value === "boolean" ? value : undefined);

export const object = ({ value }: Node): Properties | undefined => (isObject(value) ? value : undefined);

/** The name by which a person knows an entry of a list; its place where it has none. */
export const nameOf = (node: Node): string => text(at(node, "name")) ?? node.path;

/**
 * Reads a property that holds JSON as text; the nodes below it carry its path. Undefined where it is no JSON.
 * An object or list is taken as it is: some providers accept both.
 */
export function json(node: Node): Node | undefined {
  const source = text(node);
  if (source === undefined) return node;
  try {
    return { path: node.path, value: asValue(JSON.parse(source)) ?? undefined };
  } catch {
    return undefined;
  }
}

/** Copies plain data; what is no data (a function, an asset) is left out. */
export function asValue(data: unknown): Value | undefined {
  if (data === null || typeof data === "boolean" || typeof data === "number" || typeof data === "string") return data;
  if (Array.isArray(data)) return data.map((entry) => asValue(entry) ?? null);
  if (typeof data !== "object") return undefined;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, asValue(value)]));
}
