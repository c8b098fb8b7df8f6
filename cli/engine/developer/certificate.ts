import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its private key, both as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A developer's machine outlives no certificate of five years; a browser asks once whether to trust it. */
const years = 5;
const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;

/** A self-signed server certificate for this host alone: `localhost`, 127.0.0.1 and the given names. */
export async function selfSigned(names: readonly string[], now = new Date()): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + years);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=localhost",
    keys,
    signingAlgorithm: { ...algorithm, hash: "SHA-256" },
    notBefore: now,
    notAfter: end,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
        ...names.map((value) => ({ type: "dns", value }) as const),
      ]),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, privateKey: await keyPem(keys.privateKey) };
}

/** A private key as PEM, in PKCS #8. */
export async function keyPem(privateKey: webcrypto.CryptoKey): Promise<string> {
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", privateKey)).toString("base64");
  const lines = key.match(/.{1,64}/g) ?? [];
  return ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
}
