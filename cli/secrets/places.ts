import { managedPassword } from "../../components/secrets.ts";
import type { Settings } from "../../components/settings.ts";
import type { SecretName, SecretSource } from "../../components/workload/index.ts";
import { rotationOf } from "./rotatable.ts";
import { howToSetInVault } from "./vault/entries.ts";

/** Where a secret is held, for a person. */
export function placeOf(source: SecretSource): string {
  switch (source.kind) {
    case "config":
      return `Pulumi config secrets:${source.key}`;
    case "secretsManager":
      return `AWS Secrets Manager ${entryName(source.arn)}`;
    case "vault":
      return `Vault ${source.path}, key ${source.key}`;
  }
}

/** `trading/prod/databasePassword` of an entry's ARN. */
export const entryName = (arn: string): string => arn.split(":").slice(6).join(":");

/** The command that gives a secret a value. The value is asked for or comes by stdin: it is in no argument. */
export function howToSet(settings: Settings, secret: SecretName, isMissing: boolean): string {
  const rotation = rotationOf(secret);
  if (rotation !== undefined && !isMissing) return `./platform secrets rotate ${settings.stack} ${rotation}`;
  // Nobody types one.
  if (secret.startsWith("mtls")) return `./platform certs issue ${settings.stack}`;
  return howToSetAt(settings, settings.secrets[secret], isMissing, fedBy(settings, secret));
}

/** Certificates and their keys: values of more than one line. */
export const certificates: readonly SecretName[] = [
  "tlsCertificate",
  "tlsPrivateKey",
  "monitoringCertificate",
  "monitoringPrivateKey",
];

/** The AWS CLI keeps the end of a line that is typed or sent as a part of the value. */
const oneLine = "tr -d '\\n' | ";

/** What RDS and ElastiCache take: at least 16 characters, and neither / nor @, quotes, spaces or the end of a line. */
const made = `openssl rand -hex 24 | ${oneLine}`;

function fedBy({ database, cache }: Settings, secret: SecretName): string {
  const told = [
    ...(database.management === "managed" ? [managedPassword("postgres")] : []),
    ...(cache.management === "managed" ? [managedPassword("redis")] : []),
  ];
  if (told.includes(secret)) return made;
  return certificates.includes(secret) ? "" : oneLine;
}

/** The same, by where the value is held; `feed` stands before a command that keeps whatever it is sent. */
export function howToSetAt(
  { stack, vault }: Settings,
  source: SecretSource,
  isMissing: boolean,
  feed = oneLine,
): string {
  switch (source.kind) {
    case "config":
      return `pulumi config set --secret secrets:${source.key} --stack ${stack}`;
    case "secretsManager": {
      const region = source.arn.split(":")[3];
      const words = isMissing
        ? `create-secret --name=${entryName(source.arn)}`
        : `put-secret-value --secret-id=${entryName(source.arn)}`;
      return `${feed}aws secretsmanager ${words} --region=${region} --secret-string=file:///dev/stdin`;
    }
    case "vault":
      return howToSetInVault(vault, source, isMissing);
  }
}
