/** A deployment of a service, as DescribeServices has it. */
export interface Deployment {
  readonly status?: string | undefined;
  readonly taskDefinition?: string | undefined;
  readonly rolloutState?: string | undefined;
  readonly rolloutStateReason?: string | undefined;
}

/** Whether a service runs the task definition that was asked for. */
export type Verdict =
  | { readonly kind: "runs" }
  /** It is being rolled out, or watched by its alarms. */
  | { readonly kind: "under way" }
  /** ECS is on its way back to another one, or there: a rollback, or somebody else's deployment. */
  | { readonly kind: "another"; readonly taskDefinition: string; readonly reason: string }
  /** ECS went back to another one, and that does not run either. */
  | { readonly kind: "lost"; readonly taskDefinition: string; readonly reason: string }
  /** It failed, and nothing took its place. */
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "missing" };

/**
 * Judges by the primary deployment: "the most recent deployment of a service" (API_Deployment), which after a rollback is
 * the one that went back. Its rollout state is COMPLETED when it is steady and its bake time is over.
 */
export function judge(deployments: readonly Deployment[] | undefined, taskDefinition: string): Verdict {
  const primary = deployments?.find(({ status }) => status === "PRIMARY");
  if (primary?.taskDefinition === undefined) return { kind: "missing" };
  const { rolloutState, rolloutStateReason: reason = "" } = primary;
  if (primary.taskDefinition !== taskDefinition) {
    const kind = rolloutState === "FAILED" ? "lost" : "another";
    return { kind, taskDefinition: primary.taskDefinition, reason };
  }
  if (rolloutState === "FAILED") return { kind: "failed", reason };
  // A daemon's deployment, or one from before rollout states were told, has none.
  return { kind: rolloutState === "IN_PROGRESS" ? "under way" : "runs" };
}

/** `family:revision` of a task definition's ARN. */
export const shortName = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);
