import { isList, isProperties, isSecret, type Properties, revealAll, type Value } from "./value.ts";

/** Shorter ones would make every message unreadable, and protect nothing. */
const shortest = 4;

/**
 * Every string that must not be seen in a message about a resource: what is secret among its inputs, the value after
 * `NAME=` of a secret variable, the text that a Base64 upload stands for, and each line of what has several.
 */
export function secretTexts(inputs: Properties): readonly string[] {
  const found = new Set<string>();
  collect(inputs, false, found);
  // Longest first, so that one that is part of another does not leave the rest of it.
  return [...found].filter((text) => text.length >= shortest).sort((a, b) => b.length - a.length);
}

/** The text with `[secret]` in the place of each secret. */
export const redact = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((clean, secret) => clean.replaceAll(secret, "[secret]"), text);

function collect(value: Value, hidden: boolean, found: Set<string>): void {
  if (isSecret(value)) collect(revealAll(value), true, found);
  else if (isList(value)) for (const it of value) collect(it, hidden, found);
  else if (isProperties(value)) for (const [key, it] of Object.entries(value)) collectMember(key, it, hidden, found);
  else if (hidden && (typeof value === "string" || typeof value === "number")) add(String(value), found);
}

function collectMember(key: string, value: Value, hidden: boolean, found: Set<string>): void {
  const encoded = key === "contentBase64" && (hidden || isSecret(value)) ? revealAll(value) : undefined;
  if (typeof encoded === "string") add(Buffer.from(encoded, "base64").toString(), found);
  collect(value, hidden, found);
}

function add(text: string, found: Set<string>): void {
  const variable = /^[A-Za-z_]\w*=(.+)$/s.exec(text)?.[1];
  for (const part of [text, ...(variable === undefined ? [] : [variable])]) {
    for (const line of [part, ...part.split("\n")]) found.add(line.trim());
  }
}
