import "reflect-metadata";
import { execFileSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { makeAuthority } from "../../../cli/certs/authority.ts";
import { type KeyPair, keyPem } from "../../../cli/engine/developer/certificate.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const signingAlgorithm = { ...algorithm, hash: "SHA-256" } as const;
/** Where Fulcio writes who vouches for the identity: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const issuerExtension = "1.3.6.1.4.1.57264.1.8";
const githubsIssuer = "https://token.actions.githubusercontent.com";
const hour = 3_600_000;

/**
 * Workflows that sign images, with certificates as Sigstore's Fulcio gives them to jobs of GitHub, but of an authority of
 * the test's: neither can be reached here. No public log has the signatures, and none is asked.
 */
export interface Signer {
  /** The real cosign, which trusts that authority. */
  readonly cosign: string;
  /** @param identity as `https://github.com/acme/trading/.github/workflows/ci-cd.yml@refs/heads/main` */
  sign(identity: string, reference: string): Promise<void>;
}

/** @param program the real cosign. */
export async function makeSigner(folder: string, program: string): Promise<Signer> {
  mkdirSync(folder, { recursive: true });
  const env = { PATH: process.env.PATH, HOME: folder, COSIGN_PASSWORD: "" };
  const run = (...words: readonly string[]): void =>
    void execFileSync(program, words, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  const authority = await makeAuthority("signatures", new Date());
  writeFileSync(join(folder, "roots.pem"), authority.certificate);
  const trusted = join(folder, "trusted.json");
  run("trusted-root", "create", "--fulcio", "url=https://fulcio.test,certificate-chain=roots.pem", "--out", trusted);
  const cosign = join(folder, "cosign");
  const trust = `--trusted-root '${trusted}' --insecure-ignore-tlog --insecure-ignore-sct`;
  writeFileSync(cosign, `#!/bin/sh\nword=$1; shift\nexec '${program}' "$word" ${trust} "$@"\n`);
  chmodSync(cosign, 0o755);
  let count = 0;
  return {
    cosign,
    sign: async (identity, reference) => {
      const name = `workflow-${++count}`;
      const { certificate, privateKey } = await issueFor(authority, identity);
      writeFileSync(join(folder, `${name}.pem`), privateKey);
      writeFileSync(join(folder, `${name}.crt`), certificate);
      run("import-key-pair", "--yes", "--key", `${name}.pem`, "--output-key-prefix", name);
      const alone = ["--use-signing-config=false", "--tlog-upload=false"];
      run("sign", "--yes", "--key", `${name}.key`, "--certificate", `${name}.crt`, ...alone, reference);
    },
  };
}

async function issueFor(authority: KeyPair, identity: string): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const pkcs8 = Buffer.from(authority.privateKey.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const certificate = await X509CertificateGenerator.create({
    subject: "",
    issuer: new X509Certificate(authority.certificate).subject,
    publicKey: keys.publicKey,
    signingKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]),
    signingAlgorithm,
    notBefore: new Date(),
    notAfter: new Date(Date.now() + hour),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.codeSigning]),
      new SubjectAlternativeNameExtension([{ type: "url", value: identity }], true),
      // A text in DER.
      new Extension(issuerExtension, false, Buffer.from([0x0c, githubsIssuer.length, ...Buffer.from(githubsIssuer)])),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, privateKey: await keyPem(keys.privateKey) };
}
