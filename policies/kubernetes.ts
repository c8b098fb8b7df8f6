import { ASKS, type CheckState, missing, unknownCheck } from "./check.ts";
import { at, entries, isAbsent, isUnknown, type Node, text } from "./values.ts";

/** A pod's containers that are to run until they are stopped, and the places that hide containers at preview. */
export interface LongRunningContainers {
  readonly containers: readonly Node[];
  readonly unknown: readonly Node[];
}

/** Where the pod stands in a workload's properties. */
export const podSpecOf = (type: string, root: Node): Node =>
  type === "kubernetes:core/v1:Pod" ? at(root, "spec") : at(root, "spec", "template", "spec");

/**
 * The containers, and the native sidecars: an init container with `restartPolicy: Always` runs as long as the pod and
 * Kubernetes probes it like the others; every other init container runs to its end and may have no probes.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export function longRunningContainers(podSpec: Node): LongRunningContainers {
  if (isUnknown(podSpec)) return { containers: [], unknown: [podSpec] };
  const lists = [at(podSpec, "containers"), at(podSpec, "initContainers")];
  const [containers, initContainers] = lists.map(entries);
  const policies = (initContainers ?? []).map((container) => ({ container, policy: at(container, "restartPolicy") }));
  const sidecars = policies.filter(({ policy }) => text(policy) === "Always").map(({ container }) => container);
  const all = [...(containers ?? []), ...sidecars];
  return {
    containers: all.filter((container) => !isUnknown(container)),
    unknown: [...lists, ...all, ...policies.map(({ policy }) => policy)].filter(isUnknown),
  };
}

/** Whether the pod may run to its end: a bare Pod that is not always restarted is a job. */
export const runsToItsEnd = (podSpec: Node): boolean =>
  ["Never", "OnFailure"].includes(text(at(podSpec, "restartPolicy")) ?? "Always");

/** What each handler of a probe cannot be without. */
const HANDLERS = [
  ["httpGet", "port"],
  ["tcpSocket", "port"],
  ["grpc", "port"],
  ["exec", "command"],
] as const;

/** Whether a probe asks anything at all; an empty object or a handler without its target asks nothing. */
export function probeState(probe: Node): CheckState {
  if (isUnknown(probe)) return unknownCheck(probe);
  if (isAbsent(probe)) return missing("is missing");
  const targets = HANDLERS.map(([handler, target]) => at(probe, handler, target));
  if (targets.some(hasTarget)) return ASKS;
  const unknown = targets.find(isUnknown);
  if (unknown !== undefined) return unknownCheck(unknown);
  return missing("asks nothing: it has no httpGet, tcpSocket, grpc or exec with its target");
}

function hasTarget(target: Node): boolean {
  if (isAbsent(target) || isUnknown(target)) return false;
  if (target.path.endsWith(".exec.command")) return entries(target).length > 0;
  return target.value !== "" && target.value !== 0;
}
