import { ensure } from "./problem.ts";

/** What an automatic scaling holds steady. */
export type ScalingTarget =
  /** Mean use of the CPU request, in percent. */
  | { readonly metric: "cpu"; readonly percent: number }
  /** Requests per second of one replica. */
  | { readonly metric: "requests"; readonly perSecond: number };

/** How many instances: a number, or a range with what decides. */
export type Scaling =
  | {
      readonly kind: "fixed";
      readonly replicas: number;
      /** Why one is enough, where there is one: the targets write it as a label, and the policy prints it. Letters, digits and `+-=.:/@_` (AWS tags). */
      readonly singleReason?: string;
    }
  | { readonly kind: "automatic"; readonly minimum: number; readonly maximum: number; readonly target: ScalingTarget };

/** Refuses empty ranges and targets that can never be met. */
export function scaling(value: Scaling): Scaling {
  if (value.kind === "fixed") {
    ensure(
      /^[\w +=.:/@-]*$/.test(value.singleReason ?? ""),
      `scaling: singleReason "${value.singleReason}" must be of letters, digits, spaces and +-=.:/@_ (AWS takes no others in a tag)`,
    );
    ensure(
      Number.isInteger(value.replicas) && value.replicas >= 1,
      `scaling: replicas ${value.replicas} must be a whole number of at least 1`,
    );
    return value;
  }
  const { minimum, maximum, target } = value;
  ensure(Number.isInteger(minimum) && minimum >= 1, `scaling: minimum ${minimum} must be a whole number of at least 1`);
  ensure(
    Number.isInteger(maximum) && maximum > minimum,
    `scaling: maximum ${maximum} must be a whole number above the minimum ${minimum}`,
  );
  if (target.metric === "cpu") {
    ensure(target.percent >= 10 && target.percent <= 95, `scaling: CPU target ${target.percent} % must be 10 to 95`);
  } else {
    ensure(target.perSecond > 0, `scaling: request target ${target.perSecond}/s must be above 0`);
  }
  return value;
}

/** The number that is always there, and the one a target without automatic scaling runs. */
export const minimumReplicas = (value: Scaling): number => (value.kind === "fixed" ? value.replicas : value.minimum);

export const maximumReplicas = (value: Scaling): number => (value.kind === "fixed" ? value.replicas : value.maximum);

/** The label, annotation or tag under which every target writes why one replica is enough. */
export const singleReasonLabel = "trading-platform/single-replica-reason";
