import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { sampleSecrets } from "../components/alerts/sink.ts";
import type { Settings } from "../components/settings.ts";
import type { SecretName, SecretSource } from "../components/workload/index.ts";

/** Environment variable that names the file in which dev's own passwords are kept (mode 600); `./platform env dev` prints it. */
export const secretsFileVariable = "TRADING_PLATFORM_SECRETS_FILE";

/** What {@link secretResolver} knows. */
export interface SecretResolver {
  secretValue(name: SecretName): pulumi.Output<string>;
  /** By where it is held; `name` is for people. */
  heldValue(source: SecretSource, name: string): pulumi.Output<string>;
}

/**
 * Resolves secrets for targets through which the value passes. Three ways, in this order:
 * an offline run (config `offline:secrets`) decrypts nothing: the value is unknown, or a placeholder where a temporary
 * state is deployed; Pulumi config `secrets:<key>`; in development the file named by {@link secretsFileVariable}: a shell
 * in which `./platform env dev` was evaluated hands it to every stack.
 * Throws, naming the key and the way out, where none has it, or where another environment has what is dev's sample.
 */
export function secretResolver({
  stack,
  environment,
  secrets: sources,
}: Pick<Settings, "stack" | "environment" | "secrets">): SecretResolver {
  const offline = new pulumi.Config("offline").get("secrets");
  const config = new pulumi.Config("secrets");
  const isDevelopment = environment === "development";
  const file = isDevelopment ? secretsFile(process.env[secretsFileVariable]) : {};
  const heldValue: SecretResolver["heldValue"] = (source, name) => {
    // An offline run would find nothing wrong, and the deployment would.
    if (source.kind === "vault") {
      throw new Error(
        `secret ${name}: Vault holds it, which only workloads read; this target needs the value itself. Set trading-platform:secrets.${name} to {config: ${name}}`,
      );
    }
    if (offline === "unknown") return pulumi.secret(pulumi.output(pulumi.unknown).apply(String));
    if (offline === "placeholder") return pulumi.secret(`placeholder-${name}`);
    if (source.kind !== "config") {
      throw new Error(
        `secret ${name}: its value is held by AWS Secrets Manager and stays there; this target needs it in the stack's config. Set trading-platform:secrets.${name} to {config: ${name}} and run: pulumi config set --secret secrets:${name} --stack ${stack}`,
      );
    }
    const value = config.getSecret(source.key);
    if (value !== undefined) {
      if (!isDevelopment) requireNoSample(pulumi.runtime.getConfig(`secrets:${source.key}`), name, stack, source.key);
      return value;
    }
    const kept = file[source.key];
    if (kept !== undefined) return pulumi.secret(kept);
    if (name.startsWith("mtls"))
      throw new Error(`secret ${name}: stack ${stack} has none; run: ./platform certs issue ${stack}`);
    throw new Error(
      `secret ${name}: stack ${stack} has no value for it; run: pulumi config set --secret secrets:${source.key} --stack ${stack}`,
    );
  };
  return { heldValue, secretValue: (name) => heldValue(sources[name], name) };
}

/** A password that nobody chose is no worse elsewhere; what dev says in place of an account tells nobody. */
function requireNoSample(value: string | undefined, name: string, stack: string, key: string): void {
  if (!Object.values<string | undefined>(sampleSecrets).includes(value)) return;
  throw new Error(
    `secret ${name}: stack ${stack} has the sample that ./platform up dev makes, which leads to dev's alert sink: nobody would be told; run: pulumi config set --secret secrets:${key} --stack ${stack}`,
  );
}

function secretsFile(path: string | undefined): Readonly<Record<string, string>> {
  if (path === undefined) return {};
  const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (typeof parsed !== "object" || parsed === null) throw new Error(`${path}: must hold a JSON object of secrets`);
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]));
}
