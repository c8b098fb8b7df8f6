import type { Settings } from "../settings.ts";
import {
  fromOrigin,
  type SecretAgent,
  type SecretFile,
  type SecretName,
  type SecretVariable,
  type VaultFile,
  type VaultLogin,
  variableFile,
  type WorkloadSpec,
} from "../workload/index.ts";
import { authMountOf, credentialName, roleOf, type VaultSettings } from "./settings.ts";

/** True where Vault holds the secret. */
export const isInVault = ({ secrets }: Pick<Settings, "secrets">, name: SecretName): boolean =>
  secrets[name].kind === "vault";

/**
 * The workload with what Vault holds of its secrets left to an agent: files at the same paths, and variables as files
 * where the program takes them so. The same workload where Vault holds none.
 */
export function throughVault(settings: Settings, spec: WorkloadSpec): WorkloadSpec {
  const { vault } = settings;
  if (vault === undefined) return spec;
  const held = ({ secret }: { readonly secret: SecretName }): boolean => isInVault(settings, secret);
  // One that the program takes as a variable alone stays, and is a problem of the stack's (problems.ts).
  const moved = spec.secretVariables.filter((variable) => held(variable) && variable.asFile !== undefined);
  const files = [...spec.secretFiles.filter(held), ...moved.map(fileOfVariable)];
  if (files.length === 0) return spec;
  return {
    ...spec,
    variables: { ...spec.variables, ...Object.fromEntries(moved.flatMap(variableOfFile)) },
    secretVariables: spec.secretVariables.filter((variable) => !moved.includes(variable)),
    secretFiles: spec.secretFiles.filter((file) => !held(file)),
    agent: agentOf(settings, vault, spec.name, files),
  };
}

const fileOfVariable = ({ name, secret, asFile }: SecretVariable): SecretFile => ({
  path: variableFile(name),
  secret,
  ...(asFile?.template === undefined ? {} : { template: asFile.template }),
});

const variableOfFile = ({ name, asFile }: SecretVariable): readonly (readonly [string, string])[] =>
  asFile?.variable === undefined ? [] : [[asFile.variable, variableFile(name)]];

function agentOf(
  settings: Settings,
  vault: VaultSettings,
  workload: string,
  files: readonly SecretFile[],
): SecretAgent {
  const { stack, images } = settings;
  const { address, mount, caCertificate, cidr, image } = vault;
  return {
    image: fromOrigin(image, images),
    vault: {
      address,
      mount,
      ...(caCertificate === undefined ? {} : { caCertificate }),
      ...(cidr === undefined ? {} : { cidr }),
    },
    role: roleOf(vault, stack, workload),
    login: loginOf(settings, vault, workload),
    files: files.map((file) => ({ ...file, ...placeInVault(settings, file.secret) })),
  };
}

function loginOf({ stack, target }: Settings, vault: VaultSettings, workload: string): VaultLogin {
  const mount = authMountOf(vault, target);
  if (target.vaultAuth === "kubernetes") return { kind: "kubernetes", mount };
  const held = (credential: "roleId" | "secretId") => target.secretSource(credentialName(workload, credential), stack);
  return { kind: "approle", mount, roleId: held("roleId"), secretId: held("secretId") };
}

function placeInVault({ secrets }: Settings, name: SecretName): Pick<VaultFile, "entry" | "key"> {
  const source = secrets[name];
  if (source.kind !== "vault") throw new RangeError(`secret ${name} is not held by Vault`);
  return { entry: source.path, key: source.key };
}
