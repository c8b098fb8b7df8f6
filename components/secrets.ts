import type { Settings } from "./settings.ts";
import type { ManagedService, Member, SecretName } from "./workload/index.ts";

/** The password that a managed service is told. */
export const managedPassword = (engine: ManagedService["engine"]): SecretName =>
  engine === "postgres" ? "databasePassword" : "cachePassword";

/** The secrets that one member needs, each once. */
export function secretsOf(member: Member): readonly SecretName[] {
  if (member.kind === "managed") return [managedPassword(member.engine)];
  const { secretVariables, secretFiles, agent } = member;
  return [...new Set([...secretVariables, ...secretFiles, ...(agent?.files ?? [])].map(({ secret }) => secret))];
}

/** Every secret that a stack needs, with the members that need it; the pull of images is `images`. */
export function secretUsers(
  members: readonly Member[],
  { images }: Pick<Settings, "images">,
): ReadonlyMap<SecretName, readonly string[]> {
  const uses = members.flatMap((member) => secretsOf(member).map((secret) => ({ secret, user: member.name })));
  if (images.registryUser !== undefined) uses.push({ secret: "registryPassword", user: "images" });
  return new Map(
    [...new Set(uses.map(({ secret }) => secret))].map((name) => [
      name,
      uses.filter(({ secret }) => secret === name).map(({ user }) => user),
    ]),
  );
}
