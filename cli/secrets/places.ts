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
  return howToSetAt(settings, settings.secrets[secret], isMissing);
}

/** The same, by where the value is held. */
export function howToSetAt({ stack, vault }: Settings, source: SecretSource, isMissing: boolean): string {
  switch (source.kind) {
    case "config":
      return `pulumi config set --secret secrets:${source.key} --stack ${stack}`;
    case "secretsManager": {
      const region = source.arn.split(":")[3];
      const words = isMissing
        ? `create-secret --name=${entryName(source.arn)}`
        : `put-secret-value --secret-id=${entryName(source.arn)}`;
      return `aws secretsmanager ${words} --region=${region} --secret-string=file:///dev/stdin`;
    }
    case "vault":
      return howToSetInVault(vault, source, isMissing);
  }
}
