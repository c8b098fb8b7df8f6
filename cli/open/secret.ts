import type { Settings } from "../../components/settings.ts";
import type { VaultSettings } from "../../components/vault/settings.ts";
import type { SecretName } from "../../components/workload/index.ts";
import { UserError } from "../console/error.ts";
import { answerOf, findProgram } from "../setup/program.ts";

/**
 * The value of one of a stack's secrets, by the credentials of whoever asks. Throws a UserError that names the secret where
 * it is not there, or not for them.
 */
export async function secretValue(settings: Settings, name: SecretName): Promise<string> {
  const source = settings.secrets[name];
  switch (source.kind) {
    case "config":
      return fromConfig(settings.stack, name, source.key);
    case "secretsManager":
      return fromCloud(name, source.arn);
    case "vault": {
      const { readFromVault } = await import("../secrets/vault/entries.ts");
      return readFromVault(vaultOf(settings), source);
    }
  }
}

/** Where Vault is; the settings are refused where something is held there and nothing says where. */
export function vaultOf({ stack, vault }: Settings): VaultSettings {
  if (vault === undefined)
    throw new UserError(`${stack}: nothing says where Vault is; set trading-platform:vault.address`);
  return vault;
}

function fromCloud(name: SecretName, arn: string): string {
  const aws = findProgram("aws");
  if (aws === undefined) throw new UserError(`aws is not on PATH: it reads the secret ${name}`);
  const region = arn.split(":")[3];
  const value = answerOf(
    aws,
    ...["secretsmanager", "get-secret-value", `--region=${region}`, `--secret-id=${arn}`],
    ...["--query=SecretString", "--output=text"],
  );
  if (value !== undefined && value !== "") return value;
  throw new UserError(`secret ${name}: AWS Secrets Manager does not give it to you, or has none at ${arn}`);
}

async function fromConfig(stack: string, name: SecretName, key: string): Promise<string> {
  const { openLive } = await import("../engine/live.ts");
  const { chooseStacks, projectsIn } = await import("../engine/stacks.ts");
  const { runCommand } = await import("../engine/command.ts");
  const [chosen] = chooseStacks(projectsIn(), [stack]);
  if (chosen === undefined) throw new UserError(`${stack} is no stack of this checkout`);
  const { pulumi, workDirectory, environment } = await openLive(chosen);
  const words = ["config", "get", `secrets:${key}`, "--stack", stack];
  try {
    return (await runCommand(pulumi, words, workDirectory, environment)).stdout.trim();
  } catch {
    throw new UserError(
      `secret ${name}: stack ${stack} has no value for it that you can read; set it with: pulumi config set --secret secrets:${key} --stack ${stack}`,
    );
  }
}
