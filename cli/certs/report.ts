import { isGossipSecret } from "../../components/monitoring/alertmanager.ts";
import { identifiedMembers } from "../../components/mtls.ts";
import { table } from "../console/table.ts";
import type { CertsGround } from "./certs.ts";
import type { Judged } from "./judge.ts";

/** What ends when, and what is wrong. */
export const certsText = (judged: readonly Judged[]): string =>
  table([
    ["certificate of", "is", "ends", ""],
    ...judged.map(({ of, verdict, ends, remark }) => [of, verdict, ends?.slice(0, 10) ?? "", remark]),
  ]);

export const certsJson = (stack: string, judged: readonly Judged[]): string =>
  JSON.stringify({ stack, certificates: judged }, undefined, 2);

type Said = CertsGround["settings"];

/** How what is kept comes to the members. */
export function howToBring({ stack, target, secrets }: Said): string {
  const up = `./platform up ${stack}`;
  const isInVault =
    secrets.mtlsAuthority.kind === "vault" || memberSecrets.some((name) => secrets[name].kind === "vault");
  // A task on ECS reads its secrets at its start alone, wherever they are held.
  if (target.name === "ecs")
    return `now ${up}; services that run already read theirs when their tasks are replaced: aws ecs update-service --force-new-deployment, each`;
  if (!isInVault) return `now ${up}: members read their new certificates while they run`;
  return `now ${up}, if it does not run: Vault's agents bring them to members that run within five minutes, who read them as they are`;
}

/**
 * What another authority needs besides: Alertmanagers that gossip read whom they trust at their start alone, and of what Vault
 * holds `up` sees no change that would make them anew. Undefined where there is nothing.
 */
export function afterAuthority(settings: Said): string | undefined {
  const { stack, target, secrets } = settings;
  if (secrets.mtlsAuthority.kind !== "vault" || !isGossipSecret(settings)) return undefined;
  const [namespace] = target.namespaces(stack);
  return `then kubectl rollout restart statefulset/alertmanager --namespace=${namespace}: whom they trust in their gossip, Alertmanagers read at their start alone`;
}

const memberSecrets = [...identifiedMembers.values()];
