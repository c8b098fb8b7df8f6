import { namespace } from "./error.ts";
import type { Data } from "./layers.ts";

/**
 * The settings' part of what `pulumi.runtime.allConfig()` returns: keys without namespace, sections (objects arrive as
 * JSON) decoded, plain values as they are. Other namespaces, `secrets:` among them, are not looked at.
 */
export function configFromPulumi(all: Readonly<Record<string, string>>): Data {
  const prefix = `${namespace}:`;
  return Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), decoded(value)]),
  );
}

/** Only objects, lists and flags are decoded: `1.10` stays the version that it is. */
function decoded(value: string): unknown {
  if (value === "true" || value === "false") return value === "true";
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    // Left as text: the check of the section says what belongs there.
    return value;
  }
}
