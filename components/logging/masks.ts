/** What must never be stored, whoever writes it: the backend masks its own lines already, products and libraries do not. */

/** A stage of Promtail: what the groups of the expression find is replaced, at every place where it is found. */
interface Mask {
  readonly replace: { readonly expression: string; readonly replace: string };
}

/** A word of Promtail's own templates, so no braces. */
const hidden = "[masked]";

const mask = (expression: string): Mask => ({ replace: { expression, replace: hidden } });

/** Keys whose value is a secret, as the backend's own log has them (services/backend/observability/redact.ts). */
const secretKey = String.raw`[\w-]*(?:passw(?:or)?d|passphrase|secret|token|cookie|credential|signing_?key|api_?key|private_?key)[\w-]*`;

/**
 * Issuer, then the digits of such a card: four groups of four (Visa, Mastercard, Discover, Maestro), or 4-6-5 (American
 * Express). Times in milliseconds or nanoseconds begin with 1.
 */
const cardNumber = String.raw`\b((?:4\d{3}|5[0-8]\d{2}|2[2-7]\d{2}|6\d{3})[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})\b`;

export const masks: readonly Mask[] = [
  // "password": "…" in JSON, also in JSON inside of a JSON text, where quotes are escaped.
  mask(String.raw`(?i)\\?"${secretKey}\\?"\s*:\s*\\?"((?:[^"\\]|\\[^"])+)`),
  // password=… in logfmt, in a query, in a command; quoted or not.
  mask(String.raw`(?i)\b${secretKey}\s*=\s*"?'?([^\s"'&,;}]+)`),
  // authorization: Bearer …, in a header that somebody printed.
  mask(String.raw`(?i)\b(?:Bearer|Basic)\s+([\w.~+/=-]{6,})`),
  // https://user:password@host
  mask(String.raw`\b[a-zA-Z][a-zA-Z0-9+.-]*://([^\s/@"]+)@`),
  // A JSON Web Token, wherever it stands: two of its three parts begin with the same letters.
  mask(String.raw`\b(eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+)`),
  // The key of an AWS account.
  mask(String.raw`\b((?:AKIA|ASIA)[A-Z0-9]{16})\b`),
  mask(cardNumber),
];
