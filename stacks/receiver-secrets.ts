import { receiverSecrets } from "../components/alerts/receivers.ts";
import type { Settings } from "../components/settings.ts";
import { fullKey, type Problem } from "./error.ts";

/**
 * Receivers whose secret is held by the stack file, which has none: they would stop `up`. `held`: keys of the file's
 * namespace secrets:. Development's are made by themselves, a cloud's entries are not in the file.
 */
export function receiverSecretProblems(settings: Settings, held: readonly string[]): readonly Problem[] {
  const { stack, environment, secrets } = settings;
  if (environment === "development") return [];
  return receiverSecrets(settings).flatMap(({ secret }) => {
    const source = secrets[secret];
    if (source.kind !== "config" || held.includes(source.key)) return [];
    const message = `has no value: no alert could be told, and up would stop; run: pulumi config set --secret secrets:${source.key} --stack ${stack}`;
    return [{ key: fullKey(["secrets", secret]), message }];
  });
}
