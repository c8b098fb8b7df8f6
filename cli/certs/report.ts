import { identifiedMembers } from "../../components/mtls.ts";
import type { Settings } from "../../components/settings.ts";
import { table } from "../console/table.ts";
import type { Judged } from "./judge.ts";

/** What ends when, and what is wrong. */
export const certsText = (judged: readonly Judged[]): string =>
  table([
    ["certificate of", "is", "ends", ""],
    ...judged.map(({ of, verdict, ends, remark }) => [of, verdict, ends?.slice(0, 10) ?? "", remark]),
  ]);

export const certsJson = (stack: string, judged: readonly Judged[]): string =>
  JSON.stringify({ stack, certificates: judged }, undefined, 2);

/** How what is kept comes to the members. */
export function howToBring({ stack, target, secrets }: Pick<Settings, "stack" | "target" | "secrets">): string {
  const up = `./platform up ${stack}`;
  const isInVault =
    secrets.mtlsAuthority.kind === "vault" || memberSecrets.some((name) => secrets[name].kind === "vault");
  // A task on ECS reads its secrets at its start alone, wherever they are held.
  if (target.name === "ecs")
    return `now ${up}; services that run already read theirs when their tasks are replaced: aws ecs update-service --force-new-deployment, each`;
  if (!isInVault) return `now ${up}: members read their new certificates while they run`;
  if (target.name === "docker")
    return `now ${up}, if it does not run: Vault's agents bring them to members that run within five minutes, who read them as they are`;
  // There the agent is an init container.
  const [namespace] = target.namespaces(stack);
  return `now ${up}, if it does not run; pods that run have Vault's at their next start: kubectl rollout restart deployment,statefulset --namespace=${namespace}`;
}

const memberSecrets = [...identifiedMembers.values()];
