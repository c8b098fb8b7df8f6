import { z } from "zod";
import type { TargetDescriptor } from "../components/targets/target.ts";
import { namespace } from "./error.ts";
import { type Data, isData } from "./layers.ts";
import { settingsSchema } from "./schema.ts";

/** Every section as JSON Schema, by its key: ours, `target`, and one of each target. Keys carry `description` and `allowed`. */
export function sectionSchemas(descriptors: readonly TargetDescriptor[]): Data {
  const own = Object.entries(settingsSchema.shape).map(([key, schema]) => [key, schemaOf(schema)] as const);
  const names = descriptors.map(({ name }) => name);
  const target = {
    type: "string",
    enum: names,
    description: "Where the stack runs.",
    allowed: `one of ${names.join(", ")}`,
  };
  const targets = descriptors.map(({ name, schema }) => [
    name,
    { description: `Read when the target is ${name}.`, ...schemaOf(schema) },
  ]);
  return Object.fromEntries([own[0] ?? [], ["target", target], ...own.slice(1), ...targets]);
}

/** Describes what a person writes; a default below makes a key optional anyway, so nothing is required. */
function schemaOf(schema: z.ZodType): Data {
  const described = withoutRequired(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  return isData(described) ? described : {};
}

function withoutRequired(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutRequired);
  if (!isData(node)) return node;
  const kept = Object.entries(node).filter(
    ([key, value]) => key !== "$schema" && !(key === "required" && Array.isArray(value)),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutRequired(value)]));
}

/** The JSON Schema of a whole `Pulumi.<stack>.yaml`: editors complete and check our part and let Pulumi's alone. */
export function stackFileSchema(descriptors: readonly TargetDescriptor[]): Data {
  const sections = Object.entries(sectionSchemas(descriptors)).map(([key, node]) => [
    `${namespace}:${key}`,
    forEditors(node),
  ]);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $comment: "Rendered by ./platform render from stacks/schema.ts and the targets' sections.",
    title: "Settings of a stack (Pulumi.<stack>.yaml)",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(sections),
        // Other namespaces are Pulumi's, a provider's, or secrets.
        patternProperties: { [`^(?!${namespace}:)[^:]+:`]: {} },
        additionalProperties: false,
      },
    },
  };
}

const formats: ReadonlyMap<string, string> = new Map([
  ["ipv4", "an IPv4 address"],
  ["ipv6", "an IPv6 address"],
  ["email", "an e-mail address"],
  ["uri", "a URL"],
]);

/** What a key must be, in words: our own schemas say it, for others it follows from the JSON Schema. */
export function allowedBy(node: unknown): string {
  if (!isData(node)) return "";
  const { allowed, enum: values, type, items, pattern, format, minimum, maximum, anyOf, oneOf } = node;
  if (typeof allowed === "string") return allowed;
  if (Array.isArray(values)) return `one of ${values.join(", ")}`;
  if (type === "array") return `a list, each ${allowedBy(items)}`;
  if (type === "integer" || type === "number") {
    const kind = type === "integer" ? "a whole number" : "a number";
    return minimum === undefined || maximum === undefined ? kind : `${kind} from ${minimum} to ${maximum}`;
  }
  if (type === "boolean") return "true or false";
  const formatted = typeof format === "string" ? formats.get(format) : undefined;
  if (formatted !== undefined) return formatted;
  if (type === "string") return pattern === undefined ? "text" : `text of the form \`${pattern}\``;
  const variants = [anyOf, oneOf].find(Array.isArray) ?? [];
  return variants.length > 0 ? variants.map(allowedBy).join("; or ") : keysOf(node);
}

function keysOf({ properties }: Data): string {
  if (!isData(properties)) return "a section";
  const words = Object.entries(properties).map(([key, child]) =>
    isData(child) && child.const !== undefined ? `${key}: ${child.const}` : key,
  );
  return `a section with ${words.join(", ")}`;
}

/** Editors show descriptions only: what is allowed goes into them. */
function forEditors(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(forEditors);
  if (!isData(node)) return node;
  const { allowed, description, ...rest } = node;
  const words = [description, typeof allowed === "string" ? `Allowed: ${allowed}.` : undefined].filter(
    (text) => typeof text === "string",
  );
  const children = Object.entries(rest).map(([key, value]) => [key, forEditors(value)] as const);
  return Object.fromEntries([...(words.length > 0 ? [["description", words.join(" ")] as const] : []), ...children]);
}
