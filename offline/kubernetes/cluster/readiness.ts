import { equal, list, number, object, type Properties, text } from "../../value.ts";

/** Whether an object is what it was waited for to be. */
export interface Verdict {
  readonly state: "ready" | "waiting" | "failed";
  /** What is still open, or why it never will be ready; empty where it is. */
  readonly reasons: readonly string[];
}

const ready: Verdict = { state: "ready", reasons: [] };
const waiting = (...reasons: readonly string[]): Verdict => ({ state: "waiting", reasons });
const failed = (...reasons: readonly string[]): Verdict => ({ state: "failed", reasons });

/**
 * The verdict on an object.
 * @param related what {@link lookFor} finds for it.
 * @param before what it was when the change was applied, for an update that changed it.
 */
export type Judge = (live: Properties, related: readonly Properties[], before?: Properties) => Verdict;

const count = (status: Properties, key: string): number => number(status[key]) ?? 0;

/** How many it should be; the server fills in what nobody said. */
const wantedReplicas = ({ spec }: Properties): number => number(object(spec).replicas) ?? 1;

/** The controller has looked at what was applied last. */
export const isObserved = ({ metadata, status }: Properties): boolean =>
  count(object(status), "observedGeneration") >= (number(object(metadata).generation) ?? 0);

const condition = ({ status }: Properties, type: string): Properties =>
  object(list(object(status).conditions).find((it) => text(object(it).type) === type));

/** `Reason: message` of a condition. */
const saying = ({ reason, message }: Properties): string => [text(reason), text(message)].filter(Boolean).join(": ");

/**
 * All replicas are of the new template and available, and none of the old is left. Where the controller gives up, at
 * `progressDeadlineSeconds`, it failed; the official plugin goes on waiting until its own timeout.
 */
const deployment: Judge = (live, _, before) => {
  const status = object(live.status);
  const progressing = condition(live, "Progressing");
  // Back on a template that it had, the controller leaves the verdict on the one between until there is progress.
  const ofBefore = before !== undefined && equal(condition(before, "Progressing"), progressing);
  const stuck = text(progressing.status) === "False" && !ofBefore;
  const cannotMake =
    text(condition(live, "ReplicaFailure").status) === "True" ? [saying(condition(live, "ReplicaFailure"))] : [];
  const replicas = wantedReplicas(live);
  const counts = ["updatedReplicas", "replicas", "availableReplicas"].map((key) => count(status, key));
  if (!isObserved(live)) return waiting("the deployment controller has not looked at it yet");
  if (counts.every((it) => it === replicas)) return ready;
  if (stuck) return failed(saying(progressing), ...cannotMake);
  const [updated, , available] = counts;
  return waiting(`${updated} of ${replicas} replicas are new, ${available} available`, ...cannotMake);
};

/** All replicas are of the new revision and ready; with `OnDelete` only ready, since nobody makes them anew. */
const statefulSet: Judge = (live) => {
  const status = object(live.status);
  const replicas = wantedReplicas(live);
  const onDelete = text(object(object(live.spec).updateStrategy).type) === "OnDelete";
  const rolled = onDelete || text(status.updateRevision) === text(status.currentRevision);
  if (!isObserved(live)) return waiting("the stateful set controller has not looked at it yet");
  if (rolled && ["replicas", "readyReplicas"].every((key) => count(status, key) === replicas)) return ready;
  return waiting(
    `${count(status, "updatedReplicas")} of ${replicas} replicas are new, ${count(status, "readyReplicas")} ready`,
  );
};

const daemonSet: Judge = (live) => {
  const status = object(live.status);
  const hosts = number(status.desiredNumberScheduled);
  if (!isObserved(live) || hosts === undefined) return waiting("the daemon set controller has not looked at it yet");
  const parts = ["currentNumberScheduled", "updatedNumberScheduled", "numberAvailable", "numberReady"];
  if (parts.every((key) => count(status, key) >= hosts)) return ready;
  return waiting(
    `${count(status, "updatedNumberScheduled")} of ${hosts} pods are new, ${count(status, "numberReady")} ready`,
  );
};

const pod: Judge = (live) => {
  const phase = text(object(live.status).phase) ?? "Pending";
  if (phase === "Succeeded" || text(condition(live, "Ready").status) === "True") return ready;
  const problems = podProblems(live);
  return phase === "Failed" ? failed("it failed", ...problems) : waiting(`it is ${phase}`, ...problems);
};

const job: Judge = (live) => {
  if (text(condition(live, "Complete").status) === "True") return ready;
  const failure = condition(live, "Failed");
  if (text(failure.status) === "True") return failed(saying(failure));
  return waiting(`${count(object(live.status), "succeeded")} of its pods succeeded`);
};

const addresses = ({ status }: Properties): number => list(object(object(status).loadBalancer).ingress).length;

/** Has an address where it asks for one, and pods behind it that are ready, and none that is not. */
const service: Judge = (live, slices) => {
  const spec = object(live.spec);
  const kind = text(spec.type) ?? "ClusterIP";
  if (kind === "LoadBalancer" && addresses(live) === 0) {
    return waiting("no load balancer has given it an address; does the cluster have one?");
  }
  const noPods =
    kind === "ExternalName" || text(spec.clusterIP) === "None" || Object.keys(object(spec.selector)).length === 0;
  const endpoints = slices.flatMap(({ endpoints: found }) => list(found)).map(object);
  const unready = endpoints.filter(({ conditions }) => object(conditions).ready === false);
  if (noPods || (endpoints.length > 0 && unready.length === 0)) return ready;
  return waiting(
    endpoints.length === 0
      ? "it leads to no pods: none is there, or its selector finds none"
      : `${unready.length} of ${endpoints.length} pods behind it are not ready`,
  );
};

const ingress: Judge = (live) =>
  addresses(live) > 0
    ? ready
    : waiting("no ingress controller has given it an address; does the cluster have one for its class?");

const phase =
  (...good: readonly string[]): Judge =>
  ({ status }) => {
    const now = text(object(status).phase) ?? "Pending";
    return good.includes(now) ? ready : waiting(`it is ${now}`);
  };

const volumeClaim: Judge = (live, [storageClass]) =>
  text(storageClass?.volumeBindingMode) === "WaitForFirstConsumer"
    ? phase("Bound", "Pending")(live, [])
    : phase("Bound")(live, []);

const quota: Judge = ({ spec, status }) =>
  Object.keys(object(object(spec).hard)).every((key) => object(object(status).hard)[key] !== undefined)
    ? ready
    : waiting("the quota controller has not looked at it yet");

/** The kinds that are waited for, by `<apiVersion>/<kind>`; as pulumi-kubernetes documents (pkg/await/awaiters.go). */
const judges: ReadonlyMap<string, Judge> = new Map([
  ["apps/v1/DaemonSet", daemonSet],
  ["apps/v1/Deployment", deployment],
  ["apps/v1/StatefulSet", statefulSet],
  ["batch/v1/Job", job],
  ["networking.k8s.io/v1/Ingress", ingress],
  ["v1/PersistentVolume", phase("Available", "Bound")],
  ["v1/PersistentVolumeClaim", volumeClaim],
  ["v1/Pod", pod],
  ["v1/ResourceQuota", quota],
  ["v1/Service", service],
]);

/** Undefined for what is there as soon as it is stored. */
export const judgeOf = ({ apiVersion, kind }: Properties): Judge | undefined =>
  judges.get(`${text(apiVersion)}/${text(kind)}`);

/** What keeps a pod from being ready: a container that waits or ended, or no host for it. */
export function podProblems({ status }: Properties): readonly string[] {
  const { conditions, containerStatuses, initContainerStatuses } = object(status);
  const unscheduled = list(conditions)
    .map(object)
    .filter((it) => text(it.type) === "PodScheduled" && text(it.status) === "False")
    .map(saying);
  const containers = [...list(initContainerStatuses), ...list(containerStatuses)].map(object);
  return [
    ...unscheduled,
    ...containers.flatMap(({ name, state, lastState, ready: isReady }) => {
      const { waiting: waits, terminated, running } = object(state);
      const ended = object(terminated ?? object(lastState).terminated);
      const exit = number(ended.exitCode);
      if (isReady === true || exit === 0) return [];
      const what =
        waits === undefined ? (running === undefined ? "" : "it runs and is not ready") : saying(object(waits));
      const parts = [what, exit === undefined ? "" : `exit code ${exit}`, text(ended.message) ?? ""];
      return [`container ${text(name)}: ${parts.filter((it) => it !== "").join(", ") || "it is not ready"}`];
    }),
  ];
}
