import { list, number, object, reveal, unknown, type Value } from "../../value.ts";

// Terraform turns "80" into 80 and true into "true"; so a program may give either, and the daemon is told what is meant.

/** A string; a number or truth value as one. */
export function asText(value: Value | undefined): string | undefined {
  const plain = value === undefined ? undefined : reveal(value);
  if (typeof plain === "number" || typeof plain === "boolean") return String(plain);
  return typeof plain === "string" && plain !== unknown ? plain : undefined;
}

/** True or false, also written as a string. */
export function asFlag(value: Value | undefined): boolean | undefined {
  const text = asText(value);
  return text === "true" ? true : text === "false" ? false : undefined;
}

/** A list of strings; undefined where there is none, so that the daemon takes the image's. */
export function asTexts(value: Value | undefined): string[] | undefined {
  const texts = list(value).flatMap((it) => asText(it) ?? []);
  return texts.length === 0 ? undefined : texts;
}

/** A map of strings; undefined where there is none. */
export function asTextMap(value: Value | undefined): Record<string, string> | undefined {
  const entries = Object.entries(object(value)).flatMap(([key, it]): [string, string][] => {
    const text = asText(it);
    return text === undefined || key === "__defaults" ? [] : [[key, text]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** `[{label, value}]` as the daemon's map. */
export function asLabels(value: Value | undefined): Record<string, string> | undefined {
  const entries = list(value).map((it): [string, string] => [
    asText(object(it).label) ?? "",
    asText(object(it).value) ?? "",
  ]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** MiB, as the provider takes sizes, in bytes, as the daemon does. */
export function asBytes(value: Value | undefined): number | undefined {
  const mebibytes = number(value);
  return mebibytes === undefined ? undefined : mebibytes * 1024 * 1024;
}
