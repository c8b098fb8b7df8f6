import { ask, type Complaint, violationAt, whenKnown, withoutRepetition } from "./ask.ts";
import { podSpecOf } from "./kubernetes.ts";
import { timeToReady } from "./kubernetes-timing.ts";
import { type Finding, judged, type Resource, type Verdict } from "./policy.ts";
import { at, entries, isAbsent, isUnknown, type Node, number, rootOf, text } from "./values.ts";

export const KUBERNETES_ROLLBACK_PAGE =
  "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment";
const DEADLINE_PAGE = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds";
const STRATEGY_PAGE = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy";
const UPDATE_PAGE = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies";

export const judgeDeployment = ({ type, properties }: Resource): Verdict => {
  const spec = at(rootOf(properties), "spec");
  return judged(
    withoutRepetition([
      ...historyFindings(spec),
      ...deadlineFindings(spec),
      ...strategyFindings(spec, podSpecOf(type, rootOf(properties))),
    ]),
  );
};

/** A StatefulSet and a DaemonSet keep revisions too; neither has a deadline. */
export const judgeRevisions = ({ properties }: Resource): Verdict => {
  const spec = at(rootOf(properties), "spec");
  return judged(withoutRepetition([...historyFindings(spec), ...updateFindings(at(spec, "updateStrategy"))]));
};

/** Kubernetes keeps 10 revisions where nothing is stated; 0 leaves none to go back to. */
const historyFindings = (spec: Node): readonly Finding[] =>
  ask(at(spec, "revisionHistoryLimit"), (limit) => isAbsent(limit) || (number(limit) ?? 0) >= 1, {
    problem: "spec.revisionHistoryLimit keeps no revision to go back to",
    repair: "revisionHistoryLimit: 10",
    url: KUBERNETES_ROLLBACK_PAGE,
  });

function deadlineFindings(spec: Node): readonly Finding[] {
  const deadline = at(spec, "progressDeadlineSeconds");
  const { seconds, nodes } = timeToReady(spec);
  const stated = number(deadline) ?? 0;
  if (isUnknown(deadline) || stated < 1) {
    return ask(deadline, () => false, {
      problem: "spec.progressDeadlineSeconds is not stated: nobody decided when a release has failed",
      repair: "progressDeadlineSeconds: 300",
      url: DEADLINE_PAGE,
    });
  }
  return whenKnown(nodes, () => {
    if (stated > seconds) return [];
    const problem = `spec.progressDeadlineSeconds (${stated} s) is over before a pod must be ready (${seconds} s): a good release counts as failed`;
    const repair = `progressDeadlineSeconds: ${seconds + 60}`;
    return [violationAt(deadline, { problem, repair, url: DEADLINE_PAGE, concern: "depth" })];
  });
}

const atOnce = (problem: string): Complaint => ({
  problem,
  repair: 'strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }',
  url: STRATEGY_PAGE,
  concern: "depth",
});

function strategyFindings(spec: Node, podSpec: Node): readonly Finding[] {
  const type = at(spec, "strategy", "type");
  const unavailable = at(spec, "strategy", "rollingUpdate", "maxUnavailable");
  const surge = at(spec, "strategy", "rollingUpdate", "maxSurge");
  const replicas = at(spec, "replicas");
  if (isUnknown(type)) return whenKnown([type], () => []);
  if (text(type) === "Recreate") return recreateFindings(type, podSpec);
  return whenKnown([unavailable, surge, replicas], () => {
    const count = number(replicas);
    const stated = portion(unavailable, count, Math.floor) ?? 0;
    // Where neither lets a pod come nor one go, the controller lets one go (ResolveFenceposts).
    const goes = stated === 0 && portion(surge, count, Math.ceil) === 0 ? 1 : stated;
    if (goes < (count ?? (unavailable.value === "100%" ? 0 : Number.POSITIVE_INFINITY)) || count === 0) return [];
    const all = count === undefined ? "all pods" : count === 1 ? "the only pod" : `all ${count} pods`;
    return [
      violationAt(
        unavailable,
        atOnce(`maxUnavailable ${String(unavailable.value ?? "25%")} lets ${all} go before a new one is ready`),
      ),
    ];
  });
}

/** A number, or a part of the replicas; undefined where that cannot be said. */
function portion(value: Node, replicas: number | undefined, round: (count: number) => number): number | undefined {
  const percent = /^(\d+)%$/.exec(text(value) ?? "")?.[1];
  if (percent === undefined) return number(value);
  return replicas === undefined ? undefined : round((replicas * Number(percent)) / 100);
}

/** Right for the owner of a volume or of a host's port: two of it cannot run side by side. */
function recreateFindings(type: Node, podSpec: Node): readonly Finding[] {
  const lists = ["volumes", "containers"].map((key) => at(podSpec, key));
  const claims = entries(at(podSpec, "volumes")).map((volume) => at(volume, "persistentVolumeClaim"));
  const hostPorts = entries(at(podSpec, "containers"))
    .flatMap((container) => entries(at(container, "ports")))
    .map((port) => at(port, "hostPort"));
  const hostNetwork = at(podSpec, "hostNetwork");
  const owned = [...claims, ...hostPorts].filter((node) => !isAbsent(node) && !isUnknown(node));
  if (owned.length > 0 || hostNetwork.value === true) return [];
  return whenKnown([...lists, ...claims, ...hostPorts, hostNetwork], () => [
    violationAt(
      type,
      atOnce(
        "strategy Recreate stops every pod before a new one starts, although nothing is owned that two cannot share",
      ),
    ),
  ]);
}

function updateFindings(strategy: Node): readonly Finding[] {
  const unavailable = at(strategy, "rollingUpdate", "maxUnavailable");
  return [
    ...ask(at(strategy, "type"), (type) => text(type) !== "OnDelete", {
      problem:
        "updateStrategy OnDelete rolls nothing out: whether a release works is seen when its pods are deleted by hand",
      repair: 'updateStrategy: { type: "RollingUpdate" }',
      url: UPDATE_PAGE,
      concern: "depth",
    }),
    ...ask(unavailable, (value) => text(value) !== "100%", {
      problem: "updateStrategy.rollingUpdate.maxUnavailable 100% lets every pod go at once",
      repair: "updateStrategy: { rollingUpdate: { maxUnavailable: 1 } }",
      url: UPDATE_PAGE,
      concern: "depth",
    }),
  ];
}
