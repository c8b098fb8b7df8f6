/** Keys whose values never reach a log, whatever the case and wherever they are. */
const secretKey = /passw|secret|token|authorization|cookie|credential|signing_?key|api_?key/i;

/** User and password in an address. */
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;
const bearer = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi;

const hidden = "[redacted]";
/** Deeper than any line of ours; what comes from outside may be endless. */
const deepest = 6;

/** The same value without secrets: by the key's name, and inside of texts. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (depth === deepest) return "[deeper]";
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return redactFields(value, depth);
}

export function redactFields(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, secretKey.test(key) ? hidden : redact(value, depth + 1)]),
  );
}

export const redactText = (text: string): string =>
  text.replace(userInfo, `$1${hidden}@`).replace(bearer, `$1 ${hidden}`);
