import { type PropertyType, parseProperty, type Table } from "./schema/table.ts";
import {
  defaultsKey,
  isList,
  isOpaque,
  isProperties,
  isSecret,
  type Properties,
  reveal,
  unknown,
  type Value,
} from "./value.ts";

/** One thing that the real provider would refuse. */
export interface Problem {
  /** The path as Pulumi writes it: `containers[0].image`. */
  readonly property: string;
  readonly reason: string;
}

/** How strict a provider is about scalars: Terraform turns "80" into 80, the Kubernetes API does not. */
export type Scalars = "converted" | "exact";

/** Everything that is wrong with a resource's inputs, by the table; undefined when the table has no such type. */
export function problemsOf(
  table: Table,
  type: string,
  inputs: Properties,
  scalars: Scalars,
): readonly Problem[] | undefined {
  const resource = table.resources[type];
  if (resource === undefined) {
    return undefined;
  }
  const problems: Problem[] = [];
  checkObject({ table, scalars, problems, hidden: false }, resource.inputs, inputs, "");
  return problems;
}

interface Context {
  readonly table: Table;
  readonly scalars: Scalars;
  readonly problems: Problem[];
  /** Inside something secret: messages do not repeat it. */
  readonly hidden: boolean;
}

function checkObject(context: Context, members: Readonly<Record<string, string>>, value: Properties, path: string) {
  for (const [key, it] of Object.entries(value)) {
    const code = members[key];
    if (key === defaultsKey || it === null) {
      continue;
    }
    if (code === undefined) {
      context.problems.push({ property: join(path, key), reason: unknownProperty(key, Object.keys(members)) });
    } else {
      checkValue(context, parseProperty(code).type, it, join(path, key));
    }
  }
  for (const [key, code] of Object.entries(members)) {
    if (code.startsWith("*") && (value[key] === undefined || value[key] === null)) {
      context.problems.push({ property: join(path, key), reason: "is required and missing; set it" });
    }
  }
}

function checkValue(outside: Context, type: PropertyType, wrapped: Value, path: string): void {
  const context = isSecret(wrapped) ? { ...outside, hidden: true } : outside;
  const value = reveal(wrapped);
  if (value === unknown || value === null || isOpaque(value) || type.kind === "any") {
    return;
  }
  switch (type.kind) {
    case "list":
      checkList(context, type.of, value, path);
      break;
    case "map":
      checkMap(context, type.of, value, path);
      break;
    case "object":
      if (isProperties(value)) {
        checkObject(context, context.table.types[type.name] ?? {}, value, path);
      } else {
        refuse(context, path, "an object", value);
      }
      break;
    default:
      checkScalar(context, type, value, path);
  }
}

function checkList(context: Context, type: PropertyType, value: Value, path: string): void {
  if (!isList(value)) {
    refuse(context, path, "a list", value);
    return;
  }
  for (const [index, it] of value.entries()) {
    checkValue(context, type, it, `${path}[${index}]`);
  }
}

function checkMap(context: Context, type: PropertyType, value: Value, path: string): void {
  if (!isProperties(value)) {
    refuse(context, path, "a map", value);
    return;
  }
  for (const [key, it] of Object.entries(value)) {
    if (key !== defaultsKey) {
      checkValue(context, type, it, `${path}[${JSON.stringify(key)}]`);
    }
  }
}

function checkScalar(context: Context, type: PropertyType, value: Value, path: string): void {
  if (isList(value) || isProperties(value) || !isScalar(type, value, context.scalars)) {
    refuse(context, path, descriptions[type.kind] ?? type.kind, value);
  } else if (type.kind === "string" && type.values !== undefined && !type.values.includes(String(value))) {
    const reason = `is ${shown(context, value)}; allowed are ${type.values.map((it) => JSON.stringify(it)).join(", ")}`;
    context.problems.push({ property: path, reason });
  }
}

const descriptions: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  numberOrString: "a number or a string",
};

function isScalar(type: PropertyType, value: Value, scalars: Scalars): boolean {
  switch (type.kind) {
    case "string":
      return typeof value === "string" || scalars === "converted";
    case "number":
      return typeof value === "number" || (scalars === "converted" && typeof value === "string" && isNumeric(value));
    case "boolean":
      return typeof value === "boolean" || (scalars === "converted" && (value === "true" || value === "false"));
    default:
      return typeof value === "number" || typeof value === "string";
  }
}

function isNumeric(value: string): boolean {
  return value.trim() !== "" && !Number.isNaN(Number(value));
}

function refuse(context: Context, path: string, wanted: string, value: Value): void {
  context.problems.push({ property: path, reason: `must be ${wanted}, is ${shown(context, value)}` });
}

/** A value in a message: never the content of something long, which may be a file or a credential. */
function shown({ hidden }: Context, value: Value): string {
  if (hidden) {
    return "a secret";
  }
  if (isList(value)) {
    return "a list";
  }
  if (isProperties(value)) {
    return "an object";
  }
  return typeof value === "string" && value.length > 40 ? "a long string" : JSON.stringify(value);
}

function unknownProperty(key: string, members: readonly string[]): string {
  const close = members.find((it) => distance(it.toLowerCase(), key.toLowerCase()) <= 2);
  return close === undefined ? "is not a property here; remove it" : `is not a property here; did you mean "${close}"?`;
}

/** Levenshtein distance. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

function join(path: string, key: string): string {
  const segment = /^[A-Za-z_$][\w$]*$/.test(key) ? key : `[${JSON.stringify(key)}]`;
  return path === "" || segment.startsWith("[") ? path + segment : `${path}.${segment}`;
}
