import type { Properties, Value } from "./values.ts";

const LINE_WIDTH = 100;

/** A value as TypeScript source; text that holds JSON as the call that makes it, so that a person can read it. */
export function asLiteral(value: Value | undefined, indent = ""): string {
  if (typeof value === "symbol" || value === undefined) return "undefined";
  if (typeof value === "string") return textLiteral(value, indent);
  if (typeof value !== "object" || value === null) return String(value);
  const inner = `${indent}  `;
  const parts = isList(value)
    ? value.map((entry) => asLiteral(entry, inner))
    : Object.entries(value).map(([key, entry]) => `${keyLiteral(key)}: ${asLiteral(entry, inner)}`);
  const [open, close] = isList(value) ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0) return `${open}${close}`;
  const gap = isList(value) ? "" : " ";
  const oneLine = `${open}${gap}${parts.join(", ")}${gap}${close}`;
  if (indent.length + oneLine.length <= LINE_WIDTH && !oneLine.includes("\n")) return oneLine;
  return `${open}\n${parts.map((part) => `${inner}${part},`).join("\n")}\n${indent}${close}`;
}

const isList = (value: readonly Value[] | Properties): value is readonly Value[] => Array.isArray(value);

const keyLiteral = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key));

const textLiteral = (source: string, indent: string): string =>
  /^\s*[[{]/.test(source) ? `JSON.stringify(${asLiteral(JSON.parse(source), indent)})` : JSON.stringify(source);
