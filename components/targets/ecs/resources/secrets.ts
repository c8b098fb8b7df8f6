import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { secretsOf } from "../../../secrets.ts";
import type { SecretName, SecretSource } from "../../../workload/index.ts";
import { parameterOf } from "../names.ts";
import type { EcsStack } from "./stack.ts";

/** The secrets that the stack's members use. */
const usedSecrets = ({ context }: Pick<EcsStack, "context">): readonly SecretName[] => [
  ...new Set(context.members.flatMap(secretsOf)),
];

/** What ECS puts after `valueFrom`: the entry of Secrets Manager, or the parameter that {@link configSecrets} makes. */
export function secretArn({ context, section, names }: EcsStack, name: SecretName): string {
  const source = context.secretSources[name];
  return source.kind === "secretsManager"
    ? source.arn
    : `arn:aws:ssm:${section.region}:${section.accountId}:parameter${parameterOf(names.prefix, name)}`;
}

/** The same of what an agent logs in with, which this target holds in Secrets Manager alone. */
export function heldArn(source: SecretSource): string {
  if (source.kind === "secretsManager") return source.arn;
  throw new RangeError(`an agent's credential is held by ${source.kind}`);
}

/**
 * Secrets of the Pulumi config become encrypted SSM parameters, whose ARN is known beforehand (one of Secrets Manager
 * ends in random letters). What is in Secrets Manager already stays there and never passes through the program.
 */
export function configSecrets(stack: EcsStack, parent: pulumi.Resource): readonly pulumi.Resource[] {
  const { context, names, tags, under } = stack;
  const parameters = usedSecrets(stack)
    .filter((name) => context.secretSources[name].kind === "config")
    .map(
      (name) =>
        new aws.ssm.Parameter(
          name,
          {
            name: parameterOf(names.prefix, name),
            type: "SecureString",
            // A certificate with its chain is longer than the 4 KB of a standard one.
            tier: "Intelligent-Tiering",
            value: context.secretValue(name),
            tags: tags("secrets"),
          },
          under(parent),
        ),
    );
  return [...parameters, ...registryEntry(stack, parent)];
}

/** What task definitions name for images that ECR does not hold; absent where no user is stated. */
export function registryCredentials({ context, names }: EcsStack): string | undefined {
  if (context.registryUser === undefined) return undefined;
  const source = context.secretSources.registryPassword;
  return source.kind === "secretsManager" ? source.arn : names.registrySecret;
}

/** ECS takes user and password as one entry of Secrets Manager, by its name. */
function registryEntry(stack: EcsStack, parent: pulumi.Resource): readonly pulumi.Resource[] {
  const { context, names, tags, under } = stack;
  const { registryUser } = context;
  if (registryUser === undefined || context.secretSources.registryPassword.kind !== "config") return [];
  const entry = new aws.secretsmanager.Secret(
    "registry",
    { name: names.registrySecret, tags: tags("secrets") },
    under(parent),
  );
  const secretString = pulumi.secret(
    context.secretValue("registryPassword").apply((password) => JSON.stringify({ username: registryUser, password })),
  );
  return [entry, new aws.secretsmanager.SecretVersion("registry", { secretId: entry.id, secretString }, under(parent))];
}

/** A password that the cloud's own service is told; `version` changes with it. */
export interface WrittenPassword {
  readonly value: pulumi.Output<string>;
  readonly version: pulumi.Input<number>;
}

/**
 * The password of a managed service. From Secrets Manager it is read while an update runs and given to the service by a
 * write-only argument: the provider keeps nothing, and the service is told again when the entry has a new version.
 */
export function writtenPassword(
  { context, provider }: EcsStack,
  name: SecretName,
  parent: pulumi.Resource,
): WrittenPassword {
  const source = context.secretSources[name];
  if (source.kind !== "secretsManager") return { value: context.secretValue(name), version: 1 };
  const entry = aws.secretsmanager.getSecretVersionOutput({ secretId: source.arn }, { parent, provider });
  return {
    value: pulumi.secret(entry.secretString),
    // The entry's version is a UUID; the argument takes a number.
    version: pulumi.unsecret(entry.versionId).apply((id) => Number.parseInt(id.replaceAll("-", "").slice(0, 7), 16)),
  };
}
