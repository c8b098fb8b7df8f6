/**
 * Property values as the engine sends them: JSON, where secrets, assets and what is not known yet are marked objects
 * or strings (sdk/go/common/resource/properties.go of pulumi/pulumi).
 */
export type Value = null | boolean | number | string | readonly Value[] | Properties;
export interface Properties {
  readonly [key: string]: Value;
}

/** Stands for a value that is only known once something else exists. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Bridged providers note here which inputs they filled in themselves. */
export const defaultsKey = "__defaults";

export function isProperties(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** An asset, archive or other marked object that is one value rather than a structure. */
export function isOpaque(value: Value): boolean {
  return isProperties(value) && signatureKey in value;
}

/** The value itself, without a secret's or output's wrapping; a reference to a resource becomes its id. */
export function reveal(value: Value): Value {
  if (!isProperties(value)) {
    return value;
  }
  switch (value[signatureKey]) {
    case secretSignature:
    case outputSignature:
      return reveal(value.value ?? unknown);
    case resourceSignature:
      return value.id ?? value.urn ?? unknown;
    default:
      return value;
  }
}

/** Marks a value as secret: it is encrypted in the state and hidden in the display. */
export function secret(value: Value): Properties {
  return { [signatureKey]: secretSignature, value };
}

export function isSecret(value: Value): boolean {
  return isProperties(value) && value[signatureKey] === secretSignature;
}

/** True if the value, or something inside it, is secret. */
export function holdsSecret(value: Value): boolean {
  if (isSecret(value)) {
    return true;
  }
  return isList(value) ? value.some(holdsSecret) : isProperties(value) && Object.values(value).some(holdsSecret);
}

/** True if the value, or something inside it, is not known yet. */
export function hasUnknown(value: Value): boolean {
  const plain = reveal(value);
  if (isList(plain)) {
    return plain.some(hasUnknown);
  }
  return isProperties(plain) ? Object.values(plain).some(hasUnknown) : plain === unknown;
}

/** The value without any wrapping at any depth, for comparing. */
export function revealAll(value: Value): Value {
  const plain = reveal(value);
  if (isList(plain)) {
    return plain.map(revealAll);
  }
  if (!isProperties(plain)) {
    return plain;
  }
  return Object.fromEntries(Object.entries(plain).map(([key, it]) => [key, revealAll(it)]));
}

/** A known string, or undefined if it is missing, unknown or something else. */
export function text(value: Value | undefined): string | undefined {
  const plain = value === undefined ? undefined : reveal(value);
  return typeof plain === "string" && plain !== unknown ? plain : undefined;
}

/** A known number (Terraform also takes it as a string), or undefined. */
export function number(value: Value | undefined): number | undefined {
  const plain = value === undefined ? undefined : reveal(value);
  const result = typeof plain === "string" ? Number(plain) : plain;
  return typeof result === "number" && !Number.isNaN(result) ? result : undefined;
}

/** The object under a key, empty if there is none. */
export function object(value: Value | undefined): Properties {
  const plain = value === undefined ? undefined : reveal(value);
  return isProperties(plain) ? plain : {};
}

/** The list under a key, empty if there is none. */
export function list(value: Value | undefined): readonly Value[] {
  const plain = value === undefined ? undefined : reveal(value);
  return isList(plain) ? plain : [];
}

/** Equal in content; wrappings and the order of keys do not count. */
export function equal(left: Value, right: Value): boolean {
  const a = reveal(left);
  const b = reveal(right);
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((it, index) => equal(it, b[index] ?? null));
  }
  if (!isProperties(a)) {
    return a === b;
  }
  const keys = Object.keys(a);
  return (
    isProperties(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && equal(a[key] ?? null, b[key] ?? null))
  );
}
