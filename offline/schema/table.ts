/**
 * What a generated table holds. A property is written as one short string, so that the tables stay small and load
 * fast: `*` if it is required, then a type:
 *
 * | code | meaning |
 * | --- | --- |
 * | `s` `n` `b` | string, number, boolean |
 * | `s(a\|b)` | a string that must be one of these |
 * | `x` | number or string (Kubernetes' IntOrString) |
 * | `a` | anything |
 * | `[T` `{T` | list of T, map of T |
 * | `@name` | an object described under `types` |
 */
export interface Table {
  /** The npm package's version that this was made from. */
  readonly version: string;
  readonly resources: Readonly<Record<string, ResourceEntry>>;
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface ResourceEntry {
  readonly inputs: Readonly<Record<string, string>>;
  /** What the provider computes when it is not given: always present once the resource exists. */
  readonly computed: Readonly<Record<string, string>>;
}

export type PropertyType =
  | { readonly kind: "string"; readonly values?: readonly string[] }
  | { readonly kind: "number" | "boolean" | "numberOrString" | "any" }
  | { readonly kind: "list" | "map"; readonly of: PropertyType }
  | { readonly kind: "object"; readonly name: string };

export interface Property {
  readonly required: boolean;
  readonly type: PropertyType;
}

const parsed = new Map<string, Property>();

/** Reads one property's code; every distinct code is parsed once. */
export function parseProperty(code: string): Property {
  const known = parsed.get(code);
  if (known !== undefined) {
    return known;
  }
  const required = code.startsWith("*");
  const property = { required, type: parseType(required ? code.slice(1) : code) };
  parsed.set(code, property);
  return property;
}

function parseType(code: string): PropertyType {
  const rest = code.slice(1);
  switch (code[0]) {
    case "s":
      return rest === "" ? { kind: "string" } : { kind: "string", values: rest.slice(1, -1).split("|") };
    case "n":
      return { kind: "number" };
    case "b":
      return { kind: "boolean" };
    case "x":
      return { kind: "numberOrString" };
    case "a":
      return { kind: "any" };
    case "[":
      return { kind: "list", of: parseType(rest) };
    case "{":
      return { kind: "map", of: parseType(rest) };
    case "@":
      return { kind: "object", name: rest };
    default:
      throw new Error(
        `"${code}" is not a property type of the generated tables; run \`node offline/schema/generate.ts\``,
      );
  }
}
