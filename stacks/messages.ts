import type { z } from "zod";
import { fullKey, type Problem } from "./error.ts";
import { type Data, isData, valueAt } from "./layers.ts";
import { nearest } from "./nearest.ts";

type Issue = z.core.$ZodIssue;

/** What a stack file may hold, as JSON Schema: sections by name. Told apart only when a key is unknown. */
export type Known = () => Data;

/** Issues of zod as problems of a person. `data` is what was checked, `known` what keys there are. */
export function problemsOf(issues: readonly Issue[], data: unknown, known: Known): readonly Problem[] {
  const found = issues.flatMap((issue) => describe(issue, data, known));
  // A value may break several rules whose message is the same.
  return found.filter(
    ({ key, message }, index) => found.findIndex((other) => other.key === key && other.message === message) === index,
  );
}

function describe(issue: Issue, data: unknown, known: Known): readonly Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...issue.path, key], known()));
  }
  const value = valueAt(data, issue.path);
  const message = value === undefined ? missing(issue.message) : wrong(issue, value);
  return [{ key: fullKey(issue.path), message }];
}

/** Messages are written as `must be …`, or `is missing: …` where a key has no default. */
function missing(message: string): string {
  return /^(?:is missing|or )/.test(message) ? message : `is missing: it ${message}`;
}

function wrong({ path, message }: Issue, value: unknown): string {
  const allowed = message.replace(/^is missing: /, "must be ");
  if (value === null) return `is empty: it ${allowed}`;
  if (isData(value) || !/^(?:must|may|needs|names)\b/.test(allowed)) return allowed;
  return `${shown(path, value)} ${allowed}`;
}

/** A key that nobody knows: the nearest one beside it, or where else that name is. */
function unknownKey(path: readonly PropertyKey[], known: Data): Problem {
  const name = String(path.at(-1));
  const parent = path.slice(0, -1);
  const siblings = Object.keys(keysAt(known, parent));
  const meant = nearest(name, siblings);
  const elsewhere = meant === undefined ? pathsTo(name, known) : [];
  const hint =
    meant !== undefined
      ? `did you mean ${fullKey([...parent, meant])}?`
      : elsewhere.length > 0
        ? `it belongs to ${elsewhere.map(fullKey).join(" or ")}`
        : siblings.length > 0
          ? `there are ${siblings.join(", ")}`
          : "remove it";
  return { key: fullKey(path), message: `is no key; ${hint}` };
}

/** Child keys of a path in a tree of JSON Schemas. */
function keysAt(known: Data, [first, ...rest]: readonly PropertyKey[]): Data {
  if (first === undefined) return known;
  // In a table whose keys are anybody's choice, every entry has the same keys.
  const below = (node: unknown, step: PropertyKey): unknown =>
    valueAt(childrenOf(node), [step]) ?? valueAt(node, ["additionalProperties"]);
  return childrenOf(rest.reduce(below, valueAt(known, [first])));
}

/** Keys of a section, or of a table whose keys are names from a list. */
function childrenOf(node: unknown): Data {
  const names = valueAt(node, ["propertyNames", "enum"]);
  const each = valueAt(node, ["additionalProperties"]);
  return Array.isArray(names) ? Object.fromEntries(names.map((name) => [name, each])) : propertiesOf(node);
}

export function propertiesOf(node: unknown): Data {
  const properties = valueAt(node, ["properties"]);
  return isData(properties) ? properties : {};
}

function pathsTo(name: string, keys: Data, path: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(keys).flatMap(([key, node]) => [
    ...(key === name ? [[...path, key]] : []),
    ...pathsTo(name, propertiesOf(node), [...path, key]),
  ]);
}

/** Words after which a value is nobody's business, and forms that only secrets have. */
const secretKey = /password|secret|token|private|credential|signing|routingkey|webhookurl/i;
const secretForm = /hooks\.slack\.com|\bAKIA[A-Z0-9]{16}\b|-----BEGIN|:\/\/[^/\s:@]+:[^/\s@]+@|^[A-Za-z0-9+/_=-]{32,}$/;

/** A value as a message may show it. */
export function shown(path: readonly PropertyKey[], value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  const isSecret =
    path.some((key) => secretKey.test(String(key))) || (typeof value === "string" && secretForm.test(value));
  if (isSecret) return "(a value that may be secret)";
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
