import { X509Certificate } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";

/** Where the process finds its certificate with its key, and the authority that signs all of the platform's. */
export interface CertificateFiles {
  readonly authority: string;
  readonly certificate: string;
}

/** Who this process is to other members of the platform, by TLS; always what its files hold by now. */
export interface OwnCertificate {
  readonly pem: () => SecureContextOptions;
  readonly context: () => SecureContext;
  /** When the certificate ends, in seconds since 1970. */
  readonly end: () => number;
  /** Calls when another pair is in use. */
  onChange(listener: () => void): void;
  close(): void;
}

interface Held {
  readonly pem: SecureContextOptions;
  readonly context: SecureContext;
  readonly end: number;
}

/** Milliseconds between two looks at the files: a certificate is renewed days before its end. */
const lookEvery = 5_000;

/**
 * Reads the files, and again when they change: new connections have the new pair, open ones keep theirs. A pair that does
 * not fit (half of a change) changes nothing. Throws where the first one does not fit.
 */
export function openCertificate(
  files: CertificateFiles,
  onUnusable: (error: unknown) => void,
  interval = lookEvery,
): OwnCertificate {
  let held = read(files);
  const listeners: (() => void)[] = [];
  const look = (): void => {
    try {
      held = read(files);
    } catch (error) {
      onUnusable(error);
      return;
    }
    for (const listener of listeners) listener();
  };
  const paths = [files.authority, files.certificate];
  // By looking, not by events: the files are replaced by links to others on Kubernetes, and in a volume of Docker.
  for (const path of paths) watchFile(path, { interval, persistent: false }, look);
  return {
    pem: () => held.pem,
    context: () => held.context,
    end: () => held.end,
    onChange: (listener) => void listeners.push(listener),
    close: () => {
      for (const path of paths) unwatchFile(path, look);
    },
  };
}

function read({ authority, certificate }: CertificateFiles): Held {
  const pair = readFileSync(certificate);
  const pem = { ca: readFileSync(authority), cert: pair, key: pair, minVersion: "TLSv1.2" } as const;
  return { pem, context: createSecureContext(pem), end: endOf(new X509Certificate(pair).validTo) };
}

/** Seconds since 1970 of a date as certificates are printed. */
export const endOf = (printed: string): number => Date.parse(printed) / 1000;

/** TLS options of a client that reads the certificate anew for each connection, however long they are kept. */
export const clientOptions = (own: OwnCertificate) => ({
  get secureContext(): SecureContext {
    return own.context();
  },
  rejectUnauthorized: true,
});

/** What is shown where TLS is mutual. The configuration is refused before it could be missing. */
export function shown(certificate: OwnCertificate | undefined): OwnCertificate {
  if (certificate === undefined) throw new TypeError("mutual TLS without a certificate");
  return certificate;
}
