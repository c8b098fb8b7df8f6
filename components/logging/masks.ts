/** What must never be stored, whoever writes it: the backend masks its own lines already, products and libraries do not. */

/** What the group finds is hidden, wherever the pattern is found. Both RE2 (Promtail) and JavaScript read it. */
interface Mask {
  readonly pattern: string;
  readonly ignoresCase: boolean;
}

const hidden = "[masked]";

const exact = (pattern: string): Mask => ({ pattern, ignoresCase: false });
const inAnyCase = (pattern: string): Mask => ({ pattern, ignoresCase: true });

/** Keys whose value is a secret, as the backend's own log has them (services/backend/observability/redact.ts). */
const secretKey = String.raw`[\w-]*(?:passw(?:or)?d|passphrase|secret|token|cookie|credential|signing_?key|api_?key|private_?key)[\w-]*`;

/**
 * Issuer, then the digits of such a card: four groups of four (Visa, Mastercard, Discover, Maestro), or 4-6-5 (American
 * Express). Times in milliseconds or nanoseconds begin with 1.
 */
const cardNumber = String.raw`\b((?:4\d{3}|5[0-8]\d{2}|2[2-7]\d{2}|6\d{3})[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})\b`;

const masks: readonly Mask[] = [
  // "password": "…" in JSON, also in JSON inside of a JSON text, where quotes are escaped.
  inAnyCase(String.raw`\\?"${secretKey}\\?"\s*:\s*\\?"((?:[^"\\]|\\[^"])+)`),
  // password=… in logfmt, in a query, in a command; quoted or not.
  inAnyCase(String.raw`\b${secretKey}\s*=\s*"?'?([^\s"'&,;}]+)`),
  // authorization: Bearer …, in a header that somebody printed.
  inAnyCase(String.raw`\b(?:Bearer|Basic)\s+([\w.~+/=-]{6,})`),
  // https://user:password@host
  exact(String.raw`\b[a-zA-Z][a-zA-Z0-9+.-]*://([^\s/@"]+)@`),
  // A JSON Web Token, wherever it stands: two of its three parts begin with the same letters.
  exact(String.raw`\b(eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+)`),
  // The key of an AWS account.
  exact(String.raw`\b((?:AKIA|ASIA)[A-Z0-9]{16})\b`),
  exact(cardNumber),
];

/** Stages of Promtail that hide them. */
export const maskStages: readonly object[] = masks.map(({ pattern, ignoresCase }) => ({
  replace: { expression: `${ignoresCase ? "(?i)" : ""}${pattern}`, replace: hidden },
}));

/** The line as Promtail would store it; for lines that are shown without having been stored. */
export const masked = (line: string): string =>
  masks.reduce(
    (text, { pattern, ignoresCase }) =>
      text.replace(new RegExp(pattern, ignoresCase ? "gi" : "g"), (found: string, secret: string) => {
        // The key may hold the same word.
        const start = found.lastIndexOf(secret);
        return `${found.slice(0, start)}${hidden}${found.slice(start + secret.length)}`;
      }),
    line,
  );
