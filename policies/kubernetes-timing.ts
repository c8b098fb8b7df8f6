import { longRunningContainers } from "./kubernetes.ts";
import { at, entries, isAbsent, type Node, number, text } from "./values.ts";

/**
 * What Kubernetes takes where a probe states nothing: one each 10 s, 1 s for the answer, 3 failures in a row decide.
 * https://kubernetes.io/docs/concepts/workloads/pods/probes/#configure-probes
 */
const DEFAULTS = { periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3, initialDelaySeconds: 0 } as const;
type Timing = keyof typeof DEFAULTS;

export const ALL_TIMINGS = ["periodSeconds", "timeoutSeconds", "failureThreshold", "initialDelaySeconds"] as const;

export const timing = (probe: Node, key: Timing): number => number(at(probe, key)) ?? DEFAULTS[key];

export const timingNodes = (probe: Node, ...keys: readonly Timing[]): readonly Node[] =>
  keys.map((key) => at(probe, key));

/** How long a probe fails before it decides. */
export const patience = (probe: Node): number =>
  timing(probe, "periodSeconds") * (timing(probe, "failureThreshold") - 1) + timing(probe, "timeoutSeconds");

/** How long after its start a container that never answers is killed. */
export const killAfter = (probe: Node): number => timing(probe, "initialDelaySeconds") + patience(probe);

/** The longest that a pod may take until it counts as available, and the values that this is made of. */
export interface TimeToReady {
  readonly seconds: number;
  readonly nodes: readonly Node[];
}

/**
 * Native sidecars start one after the other, then the containers together; a container is ready when its startup
 * probe is through and readiness has succeeded once; the pod is available `minReadySeconds` later.
 */
export function timeToReady(spec: Node): TimeToReady {
  const podSpec = at(spec, "template", "spec");
  const minReady = at(spec, "minReadySeconds");
  const { containers, unknown } = longRunningContainers(podSpec);
  const sidecars = entries(at(podSpec, "initContainers")).filter(
    (container) => text(at(container, "restartPolicy")) === "Always",
  );
  const main = containers.filter((container) => !sidecars.some(({ path }) => path === container.path));
  const startup = sidecars.reduce((sum, sidecar) => sum + startBudget(sidecar), 0);
  const ready = Math.max(0, ...main.map((container) => startBudget(container) + firstReadiness(container)));
  return {
    seconds: startup + ready + (number(minReady) ?? 0),
    nodes: [
      ...unknown,
      minReady,
      ...containers.flatMap((container) => [
        ...timingNodes(at(container, "startupProbe"), "initialDelaySeconds", "periodSeconds", "failureThreshold"),
        ...timingNodes(at(container, "readinessProbe"), "initialDelaySeconds", "periodSeconds"),
      ]),
    ],
  };
}

function startBudget(container: Node): number {
  const probe = at(container, "startupProbe");
  if (isAbsent(probe)) return 0;
  return timing(probe, "initialDelaySeconds") + timing(probe, "periodSeconds") * timing(probe, "failureThreshold");
}

function firstReadiness(container: Node): number {
  const probe = at(container, "readinessProbe");
  return isAbsent(probe) ? 0 : timing(probe, "initialDelaySeconds") + timing(probe, "periodSeconds");
}
