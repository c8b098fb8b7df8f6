import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { type KeyPair, keyPem } from "../engine/developer/certificate.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const signingAlgorithm = { ...algorithm, hash: "SHA-256" } as const;
const day = 86_400_000;

/** Hosts whose clocks are behind take a new certificate too. */
const clockDifference = 300_000;

/** Days that an authority is good for: its own change takes three steps, so it is not made each month. */
const authorityDays = 730;

/** A new authority that signs certificates of members, and none of other authorities. */
export async function makeAuthority(stack: string, now: Date, days = authorityDays): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    // The date tells two of them apart while one takes the other's place.
    name: `CN=trading-platform ${stack} ${now.toISOString()}`,
    keys,
    signingAlgorithm,
    notBefore: new Date(now.getTime() - clockDifference),
    notAfter: new Date(now.getTime() + days * day),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, privateKey: await keyPem(keys.privateKey) };
}

/** What a member's certificate says. */
export interface Wanted {
  /** The member: how servers know it as a client. */
  readonly member: string;
  /** Under which clients reach it. */
  readonly names: readonly string[];
  readonly days: number;
  readonly now: Date;
}

/** A member's certificate, as server and as client, with its key behind it in one PEM. */
export async function issueCertificate(authority: KeyPair, { member, names, days, now }: Wanted): Promise<string> {
  const issuer = new X509Certificate(authority.certificate);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${member}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.privateKey),
    signingAlgorithm,
    notBefore: new Date(now.getTime() - clockDifference),
    notAfter: new Date(now.getTime() + days * day),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value }))),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return `${certificate.toString("pem")}\n${await keyPem(keys.privateKey)}`;
}

const signingKey = (pem: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey(
    "pkcs8",
    Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64"),
    algorithm,
    false,
    ["sign"],
  );

/** Positive, and of more bits than could come twice (CA/Browser Forum, "Baseline Requirements", 7.1). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}
