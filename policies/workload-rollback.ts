import { ask, violationAt, whenKnown } from "./ask.ts";
import { KUBERNETES_ROLLBACK_PAGE } from "./kubernetes-rollback.ts";
import { judged, type Resource, type Verdict } from "./policy.ts";
import { at, flag, isAbsent, type Node, number, rootOf } from "./values.ts";

/** Our own component, on every target. */
export function judgeWorkload({ properties }: Resource): Verdict {
  const rollout = at(rootOf(properties), "placement", "rollout");
  const deadline = at(rollout, "progressDeadline", "seconds");
  const { seconds, nodes } = timeToReady(at(rootOf(properties), "probes"));
  return judged([
    ...ask(at(rollout, "rollbackOnFailure"), (rollback) => flag(rollback) === true, {
      problem: "placement.rollout.rollbackOnFailure is not true: a failed release is left as it is",
      repair: "rollbackOnFailure: true",
      url: KUBERNETES_ROLLBACK_PAGE,
    }),
    ...ask(at(rollout, "revisionsKept"), (kept) => (number(kept) ?? 0) >= 1, {
      problem: "placement.rollout.revisionsKept leaves no release to go back to",
      repair: "revisionsKept: 10",
      url: KUBERNETES_ROLLBACK_PAGE,
    }),
    ...whenKnown([deadline, ...nodes], () => {
      if (isAbsent(deadline) || (number(deadline) ?? 0) > seconds) return [];
      const problem = `placement.rollout.progressDeadline (${number(deadline)} s) is over before an instance must be ready (${seconds} s)`;
      const repair = `progressDeadline: seconds(${seconds + 60})`;
      return [violationAt(deadline, { problem, repair, url: KUBERNETES_ROLLBACK_PAGE, concern: "depth" })];
    }),
  ]);
}

function timeToReady(probes: Node): { readonly seconds: number; readonly nodes: readonly Node[] } {
  const start = [at(probes, "startup", "interval", "seconds"), at(probes, "startup", "failureThreshold")];
  const ready = at(probes, "readiness", "interval", "seconds");
  const [interval, threshold] = start.map((node) => number(node) ?? 0);
  return { seconds: (interval ?? 0) * (threshold ?? 0) + (number(ready) ?? 0), nodes: [...start, ready] };
}
