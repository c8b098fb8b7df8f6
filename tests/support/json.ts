/** Reads values of unknown shape: what is not there, or of another kind, is undefined or empty. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = Object.entries(current).find(([name]) => name === String(key))?.[1];
  }
  return current;
}

export const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
export const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const texts = (value: unknown): readonly string[] => list(value).flatMap((one) => text(one) ?? []);

/** Entries of an object; none of anything else. */
export const entries = (value: unknown): readonly [string, unknown][] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** `[{name, value}]` or `[{label, value}]` as an object. */
export const pairs = (value: unknown, key: string): Readonly<Record<string, string>> =>
  Object.fromEntries(list(value).map((one) => [text(at(one, key)) ?? "", text(at(one, "value")) ?? ""]));
