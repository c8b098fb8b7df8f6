import type { Settings } from "../../components/settings.ts";
import type { SecretName } from "../../components/workload/index.ts";
import { UserError } from "../console/error.ts";
import { changeSecrets, keptSecrets, makeDeveloperHome } from "../engine/developer/home.ts";
import { developersStack } from "../engine/live.ts";
import { secretValue, vaultOf } from "../open/secret.ts";
import { type Ended, runProgram } from "../process.ts";
import { root } from "../root.ts";
import { ensurePulumi } from "../setup/pulumi.ts";
import { entryName } from "./places.ts";
import { writeToVault } from "./vault/entries.ts";

/** Gives a secret a value, where the settings say that it is held. The value goes by stdin: it is in no argument. */
export async function keepSecret(settings: Settings, name: SecretName, value: string): Promise<void> {
  const { stack, secrets } = settings;
  const source = secrets[name];
  if (source.kind === "vault") return writeToVault(vaultOf(settings), source, value);
  if (source.kind === "secretsManager") return keepInCloud(name, source.arn, value);
  if (stack === developersStack) return changeSecrets(await makeDeveloperHome(), { [source.key]: value });
  const words = ["config", "set", "--secret", `secrets:${source.key}`, "--stack", stack, "--non-interactive"];
  refuse(name, "pulumi", await runProgram({ program: await ensurePulumi(), words }, { input: value, folder: root }));
}

/** The value that is kept; of dev's from the developer's own file. */
export async function keptSecret(settings: Settings, name: SecretName): Promise<string> {
  const source = settings.secrets[name];
  if (settings.stack !== developersStack || source.kind !== "config") return secretValue(settings, name);
  const value = (await keptSecrets(await makeDeveloperHome()))[source.key];
  if (typeof value === "string") return value;
  throw new UserError(`secret ${name}: dev has no value for it`);
}

async function keepInCloud(name: SecretName, arn: string, value: string): Promise<void> {
  const put = await aws(["put-secret-value", `--secret-id=${arn}`], arn, value);
  if (!put?.stderr.includes("ResourceNotFoundException")) return refuse(name, "aws", put);
  refuse(name, "aws", await aws(["create-secret", `--name=${entryName(arn)}`], arn, value));
}

const aws = (words: readonly string[], arn: string, input: string): Promise<Ended | undefined> =>
  runProgram(
    {
      program: "aws",
      words: ["secretsmanager", ...words, `--region=${arn.split(":")[3]}`, "--secret-string=file:///dev/stdin"],
    },
    { input },
  );

function refuse(name: SecretName, program: string, ended: Ended | undefined): void {
  if (ended?.code === 0) return;
  const why = ended === undefined ? `${program} is not on PATH` : ended.stderr.trim().split("\n").at(-1);
  throw new UserError(`secret ${name}: its new value could not be kept: ${why}`);
}
