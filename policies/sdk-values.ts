import { asValue, type Properties, UNKNOWN, type Value } from "./values.ts";

/**
 * Copies the properties that the SDK hands to a policy. The SDK's proxy throws on the first unknown value that is
 * read, which would end the whole judgement; here it becomes {@link UNKNOWN} in its place and the rest is judged.
 */
export const fromSdk = (properties: object): Properties => copyObject(properties);

function copyObject(source: object): Properties {
  return Object.fromEntries(Object.keys(source).map((key) => [key, copy(source, key)]));
}

function copy(owner: object, key: string): Value | undefined {
  const found = read(owner, key);
  if (found === UNKNOWN) return UNKNOWN;
  if (Array.isArray(found)) return Object.keys(found).map((index) => copy(found, index) ?? null);
  if (typeof found === "object" && found !== null) return copyObject(found);
  return asValue(found);
}

function read(owner: object, key: string): unknown {
  try {
    return Reflect.get(owner, key);
  } catch (error) {
    if (isUnknownValueError(error)) return UNKNOWN;
    throw error;
  }
}

/** The SDK exports the class UnknownValueError without its types, so its error is known by its fields. */
const isUnknownValueError = (error: unknown): boolean =>
  error instanceof Error && "unknownTypeSentinel" in error && "props" in error;
