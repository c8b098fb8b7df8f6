import { secretUsers } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import { isWorkload, type Member, type SecretName } from "../workload/index.ts";
import { isInVault } from "./delivery.ts";

/** What a stack leaves to Vault and cannot; each one message with the way out. */
export function vaultProblems(settings: Settings, members: readonly Member[]): readonly string[] {
  return [...unmovable(settings, members), ...sharedEntries(settings, members)];
}

/** Vault's agent writes files of workloads: nothing else gets a value from there. */
function unmovable(settings: Settings, members: readonly Member[]): readonly string[] {
  const users = secretUsers(
    members.filter((member) => !isWorkload(member)),
    settings,
  );
  const variables = members
    .filter(isWorkload)
    .flatMap(({ name, secretVariables }) => secretVariables.map((variable) => ({ name, variable })))
    .filter(({ variable: { secret } }) => isInVault(settings, secret));
  return [
    ...[...users]
      .filter(([secret]) => isInVault(settings, secret))
      .map(
        ([secret, names]) =>
          `secrets.${secret}: Vault holds it, and ${names.join(", ")} is no container that its agent could write a file for; say ${otherPlaces(settings)}`,
      ),
    ...variables.map(
      ({ name, variable }) =>
        `secrets.${variable.secret}: Vault holds it, and ${name} takes it as the variable ${variable.name} alone, not as a file; say ${otherPlaces(settings)}`,
    ),
  ];
}

const otherPlaces = ({ target }: Settings): string =>
  target.secretKinds.filter((kind) => kind !== "vault").join(" or ");

/** A policy gives a whole entry away: who reads one key of it reads all. */
function sharedEntries(settings: Settings, members: readonly Member[]): readonly string[] {
  const users = secretUsers(members, settings);
  const entries = Map.groupBy(
    [...users.keys()].flatMap((secret) => entryOf(settings, secret)),
    ({ entry }) => entry,
  );
  return [...entries].flatMap(([entry, held]) => {
    const [first, ...others] = held.map(({ secret }) => ({ secret, readers: [...(users.get(secret) ?? [])].sort() }));
    const other = others.find(({ readers }) => readers.join() !== first?.readers.join());
    return first === undefined || other === undefined
      ? []
      : [
          `secrets: Vault's entry ${entry} holds ${first.secret} (of ${first.readers.join(", ")}) and ${other.secret} (of ${other.readers.join(", ")}); who reads one key of an entry reads all: give each an entry of its own`,
        ];
  });
}

function entryOf(
  { secrets }: Settings,
  secret: SecretName,
): readonly { readonly entry: string; readonly secret: SecretName }[] {
  const source = secrets[secret];
  return source.kind === "vault" ? [{ entry: source.path, secret }] : [];
}
