import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** What is known of one certificate; never its key. */
export interface Judged {
  /** `authority`, or the member whose it is. */
  readonly of: string;
  readonly verdict: Verdict;
  /** When it ends, ISO 8601; undefined where there is none. */
  readonly ends: string | undefined;
  /** What is wrong, in a few words; empty where nothing is. */
  readonly remark: string;
}

export type Verdict =
  | "fine"
  | "ends soon"
  | "ended"
  | "missing"
  | "unreadable"
  | "wrong key"
  | "of another authority"
  | "of the old authority"
  | "wrong names";

/** The authority of a stack, as it is kept; of two certificates the first is the one that signs. */
export interface KeptAuthority {
  readonly certificates: string | undefined;
  readonly privateKey: string | undefined;
}

const pemBlocks = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g;

/** The certificates of a PEM, each by itself. */
export const certificatesIn = (pem: string): readonly string[] => pem.match(pemBlocks) ?? [];

/** True for what has less than a third of its time left: then a renewal has been forgotten. */
const endsSoon = (certificate: X509Certificate, now: Date): boolean => {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  return to - now.getTime() < (to - from) / 3;
};

export function judgeAuthority({ certificates, privateKey }: KeptAuthority, now: Date): Judged {
  const of = "authority";
  const [first] = certificatesIn(certificates ?? "").map(readable);
  if (certificates === undefined || privateKey === undefined) {
    const lost = certificates === undefined ? "its certificate is kept nowhere" : "its key is kept nowhere";
    return { of, verdict: "missing", ends: undefined, remark: certificates === privateKey ? "" : lost };
  }
  if (first === undefined) return { of, verdict: "unreadable", ends: undefined, remark: "no certificate in PEM" };
  return judgedPair(of, first, privateKey, now);
}

/** A member's certificate with its key, against the authority that signs. */
export function judgeMember(
  member: string,
  pem: string | undefined,
  names: readonly string[],
  authority: string | undefined,
  now: Date,
): Judged {
  if (pem === undefined) return { of: member, verdict: "missing", ends: undefined, remark: "" };
  const certificate = readable(pem);
  if (certificate === undefined) {
    return { of: member, verdict: "unreadable", ends: undefined, remark: "no certificate in PEM" };
  }
  const ends = new Date(certificate.validTo).toISOString();
  const [signs, ...old] = certificatesIn(authority ?? "").flatMap((each) => readable(each) ?? []);
  const isBy = (signer: X509Certificate): boolean =>
    certificate.checkIssued(signer) && certificate.verify(signer.publicKey);
  if (signs !== undefined && !isBy(signs)) {
    return old.some(isBy)
      ? {
          of: member,
          verdict: "of the old authority",
          ends,
          remark: "another one is taking its place: certs rotate --authority --next",
        }
      : {
          of: member,
          verdict: "of another authority",
          ends,
          remark: "the stack's authority did not sign it: nobody takes it",
        };
  }
  const missing = names.filter((name) => certificate.checkHost(name, { subject: "never" }) === undefined);
  if (missing.length > 0) {
    return { of: member, verdict: "wrong names", ends, remark: `it is not for ${missing.join(", ")}` };
  }
  return judgedPair(member, certificate, pem, now);
}

function judgedPair(of: string, certificate: X509Certificate, keyIn: string, now: Date): Judged {
  const ends = new Date(certificate.validTo).toISOString();
  const key = readableKey(keyIn);
  if (key === undefined || !certificate.checkPrivateKey(key)) {
    return { of, verdict: "wrong key", ends, remark: "its key is another certificate's" };
  }
  if (Date.parse(certificate.validTo) <= now.getTime()) return { of, verdict: "ended", ends, remark: "" };
  if (endsSoon(certificate, now))
    return { of, verdict: "ends soon", ends, remark: "less than a third of its time is left" };
  return { of, verdict: "fine", ends, remark: "" };
}

/** Broken PEM is a finding and no crash; the error of the parser repeats nothing of it. */
function readable(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function readableKey(pem: string): KeyObject | undefined {
  const [block] = pem.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/) ?? [];
  try {
    return block === undefined ? undefined : createPrivateKey(block);
  } catch {
    return undefined;
  }
}
