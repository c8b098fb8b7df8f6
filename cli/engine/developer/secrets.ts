import { randomBytes } from "node:crypto";
import { sampleSecrets } from "../../../components/alerts/sink.ts";
import type { SecretName } from "../../../components/workload/index.ts";

/** Passwords that nobody chooses and nobody outside must know: made once. */
const passwords = [
  "databasePassword",
  "backupPassword",
  "cachePassword",
  "tokenSigningKey",
  "alertWebhookToken",
  "applicationAdminPassword",
  "grafanaAdminPassword",
] as const satisfies readonly SecretName[];

/**
 * Every secret of dev. Not among them: `registryPassword` and `remoteWriteCredential`, which belong to somebody's accounts,
 * what only other environments have (single sign-on, the protection of Prometheus and Alertmanager), and the passwords of
 * the database's turns, which a rotation makes.
 */
export const developersSecrets: readonly SecretName[] = [
  ...passwords,
  "backupKey",
  "slackWebhookUrl",
  "pagerdutyRoutingKey",
  "smtpPassword",
  "tlsCertificate",
  "tlsPrivateKey",
];

/** Makes those that are not kept yet. */
export async function makeMissing(
  kept: Readonly<Record<string, unknown>>,
): Promise<Partial<Readonly<Record<SecretName, string>>>> {
  const isMissing = (name: string): boolean => kept[name] === undefined;
  const made = {
    ...Object.fromEntries(passwords.map((name) => [name, makePassword()])),
    ...sampleSecrets,
    ...(isMissing("backupKey") ? { backupKey: await makeBackupKey() } : {}),
    ...(isMissing("tlsCertificate") || isMissing("tlsPrivateKey") ? await makeCertificate() : {}),
  };
  const pair = ["tlsCertificate", "tlsPrivateKey"];
  return Object.fromEntries(Object.entries(made).filter(([name]) => isMissing(name) || pair.includes(name)));
}

/** 32 bytes are more than anyone can guess; base64url because every program takes these characters unquoted. */
export const makePassword = (): string => randomBytes(32).toString("base64url");

async function makeCertificate(): Promise<Partial<Readonly<Record<SecretName, string>>>> {
  // Loaded only here: a certificate is made once.
  const { selfSigned } = await import("./certificate.ts");
  const { certificate, privateKey } = await selfSigned(["gateway"]);
  return { tlsCertificate: certificate, tlsPrivateKey: privateKey };
}

/** As `age-keygen` makes one: it opens what the backup encrypts. */
async function makeBackupKey(): Promise<string> {
  const { generateX25519Identity } = await import("age-encryption");
  return generateX25519Identity();
}
