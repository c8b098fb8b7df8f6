import { ask, type Complaint, violationAt, whenKnown, withoutRepetition } from "./ask.ts";
import { checkFindings } from "./check.ts";
import { execFindings, isOwn } from "./health-command.ts";
import { longRunningContainers, podSpecOf, probeState, runsToItsEnd } from "./kubernetes.ts";
import { ALL_TIMINGS, killAfter, patience, timing, timingNodes } from "./kubernetes-timing.ts";
import { type Finding, judged, notApplicable, type Resource, unjudged, type Verdict } from "./policy.ts";
import { asksDependencies, asksReadiness } from "./question.ts";
import { at, entries, isAbsent, isUnknown, type Node, nameOf, number, object, rootOf, text } from "./values.ts";

export const KUBERNETES_PROBES_PAGE =
  "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/";

export const KUBERNETES_REPAIRS = {
  livenessProbe:
    'livenessProbe: { httpGet: { path: "/health/live", port: 8000 }, periodSeconds: 10, failureThreshold: 6 }',
  readinessProbe:
    'readinessProbe: { httpGet: { path: "/health/ready", port: 8000 }, periodSeconds: 5, failureThreshold: 3 }',
} as const;

export function judgeKubernetes({ type, properties }: Resource): Verdict {
  const podSpec = podSpecOf(type, rootOf(properties));
  const isPod = type === "kubernetes:core/v1:Pod";
  if (isPod && runsToItsEnd(podSpec)) {
    return notApplicable("the pod is not restarted when it ends: it is a job");
  }
  const { containers, unknown } = longRunningContainers(podSpec);
  const findings = [
    ...unknown.map(({ path }) => unjudged(path)),
    ...containers.flatMap((container) => [...presence(container), ...depth(container)]),
  ];
  const undecided = isPod ? [at(podSpec, "restartPolicy")] : [];
  const isViolated = findings.some(({ kind }) => kind === "violation");
  return judged(withoutRepetition(isViolated ? whenKnown(undecided, () => findings) : findings));
}

const presence = (container: Node): readonly Finding[] =>
  (["livenessProbe", "readinessProbe"] as const).flatMap((key) => {
    const probe = at(container, key);
    return checkFindings(probeState(probe), (problem) => ({
      property: probe.path,
      problem: `container "${nameOf(container)}": ${key} ${problem}`,
      repair: KUBERNETES_REPAIRS[key],
      url: KUBERNETES_PROBES_PAGE,
    }));
  });

/** The probes that ask something; what is missing or unknown as a whole is said elsewhere. */
function depth(container: Node): readonly Finding[] {
  const [liveness, readiness, startup] = ["livenessProbe", "readinessProbe", "startupProbe"]
    .map((key) => at(container, key))
    .map((probe) => (probeState(probe).kind === "asks" ? probe : undefined));
  const stated = [liveness, readiness, startup].filter((probe) => probe !== undefined);
  return [
    ...stated.flatMap((probe) => probeFindings(container, probe)),
    ...(liveness === undefined ? [] : livenessFindings(container, liveness)),
    ...(liveness === undefined || readiness === undefined ? [] : slownessFindings(container, liveness, readiness)),
    ...(liveness === undefined ? [] : startFindings(container, { liveness, readiness, startup })),
  ];
}

const complaint = (container: Node, problem: string, repair: string): Complaint => ({
  problem: `container "${nameOf(container)}": ${problem}`,
  repair,
  url: KUBERNETES_PROBES_PAGE,
  concern: "depth",
});

const keyOf = ({ path }: Node): string => path.replace(/^.*\./, "");

function probeFindings(container: Node, probe: Node): readonly Finding[] {
  const key = keyOf(probe);
  const handlers = ["httpGet", "tcpSocket", "grpc"].map((handler) => at(probe, handler));
  const command = at(probe, "exec", "command");
  return [
    ...handlers.flatMap((handler) => portFindings(container, key, at(handler, "port"))),
    ...handlers.flatMap((handler) =>
      ask(
        at(handler, "host"),
        (host) => isAbsent(host) || isOwn(text(host) ?? ""),
        complaint(container, `${key} asks another host instead of the pod`, `${key}: { httpGet: { path, port } }`),
      ),
    ),
    ...execFindings(entries(command), (problem) =>
      violationAt(
        command,
        complaint(container, `${key} ${problem}`, `${key}: { exec: { command: ["pg_isready", "-h", "127.0.0.1"] } }`),
      ),
    ),
    ...timeoutFindings(container, probe),
  ];
}

/**
 * A name must be one of the container's ports; a number is compared where the container states ports at all, since
 * stating them is not required. A text of digits is a number to the kubelet.
 * https://kubernetes.io/docs/reference/kubernetes-api/core/pod-v1/#Container
 */
function portFindings(container: Node, key: string, port: Node): readonly Finding[] {
  if (isAbsent(port) || isUnknown(port)) return [];
  const list = at(container, "ports");
  const ports = entries(list);
  const asked = /^\d+$/.test(text(port) ?? "") ? Number(text(port)) : port.value;
  const stated = ports.map((entry) => at(entry, typeof asked === "number" ? "containerPort" : "name"));
  if (stated.some(({ value }) => value === asked)) return [];
  if (ports.length === 0 && typeof asked === "number") return whenKnown([list], () => []);
  const problem = `${key} asks port ${JSON.stringify(asked)}, which the container does not have`;
  return whenKnown([list, ...ports, ...stated], () => [
    violationAt(port, complaint(container, problem, 'ports: [{ name: "http", containerPort: 8000 }]')),
  ]);
}

function timeoutFindings(container: Node, probe: Node): readonly Finding[] {
  return whenKnown(timingNodes(probe, "timeoutSeconds", "periodSeconds"), () => {
    const [timeout, period] = [timing(probe, "timeoutSeconds"), timing(probe, "periodSeconds")];
    if (timeout < period) return [];
    const problem = `${keyOf(probe)} waits ${timeout} s for an answer, not less than the ${period} s to the next one`;
    return [violationAt(at(probe, "timeoutSeconds"), complaint(container, problem, "timeoutSeconds: 2"))];
  });
}

/** Liveness is answered by a restart, so it may ask nothing that a restart does not put right. */
function livenessFindings(container: Node, liveness: Node): readonly Finding[] {
  const path = at(liveness, "httpGet", "path");
  return [
    ...ask(
      path,
      (asked) => !asksDependencies(text(asked) ?? ""),
      complaint(
        container,
        "livenessProbe asks for more than the process: when a dependency is down every instance is restarted",
        KUBERNETES_REPAIRS.livenessProbe,
      ),
    ),
    ...ask(
      path,
      (asked) => !asksReadiness(text(asked) ?? ""),
      complaint(
        container,
        "livenessProbe asks whether the service is ready: what should only get no traffic is restarted",
        KUBERNETES_REPAIRS.livenessProbe,
      ),
    ),
  ];
}

function slownessFindings(container: Node, liveness: Node, readiness: Node): readonly Finding[] {
  const probes = [liveness, readiness];
  const timings = probes.flatMap((probe) => timingNodes(probe, "periodSeconds", "timeoutSeconds", "failureThreshold"));
  return whenKnown(timings, () => {
    const [kills, takesOut] = [patience(liveness), patience(readiness)];
    if (kills > takesOut) return [];
    return whenKnown(probes.flatMap(unknownParts), () => {
      if (questionOf(liveness) !== questionOf(readiness)) return [];
      const problem = `livenessProbe asks the same as readinessProbe and gives up no later (${kills} s against ${takesOut} s): a slow moment restarts what should only get no traffic`;
      return [violationAt(liveness, complaint(container, problem, "failureThreshold: 6"))];
    });
  });
}

const HANDLERS = ["httpGet", "tcpSocket", "grpc", "exec"] as const;

/** What a probe asks, as one text. */
const questionOf = (probe: Node): string =>
  JSON.stringify(HANDLERS.map((handler) => object(at(probe, handler)) ?? null));

/** What of a probe's question is not known yet. */
function unknownParts(probe: Node): readonly Node[] {
  const handlers = HANDLERS.map((handler) => at(probe, handler));
  const fields = handlers.flatMap((handler) => Object.keys(object(handler) ?? {}).map((key) => at(handler, key)));
  return [...handlers, ...fields, ...fields.flatMap(entries)].filter(isUnknown);
}

interface Probes {
  readonly liveness: Node;
  readonly readiness: Node | undefined;
  readonly startup: Node | undefined;
}

/** No service is known to start faster than one of Kubernetes' own default periods. */
const SHORTEST_START_SECONDS = 10;

/**
 * When the kubelet kills a container that never answered: at the end of the startup probe's budget, during which
 * liveness and readiness are not asked and their delays do not run; without one when liveness gives up. The start
 * takes at least as long as readiness waits before it asks, and a startup probe is there to give it more time than
 * liveness would.
 * https://kubernetes.io/docs/concepts/workloads/pods/probes/
 */
function startFindings(container: Node, { liveness, readiness, startup }: Probes): readonly Finding[] {
  const decides = startup ?? liveness;
  const waits = startup === undefined && readiness !== undefined ? [at(readiness, "initialDelaySeconds")] : [];
  const nodes = [...timingNodes(liveness, ...ALL_TIMINGS), ...timingNodes(decides, ...ALL_TIMINGS), ...waits];
  return whenKnown(nodes, () => {
    const kill = killAfter(decides);
    const start = Math.max(
      SHORTEST_START_SECONDS,
      ...waits.map((node) => number(node) ?? 0),
      startup === undefined ? 0 : killAfter(liveness),
    );
    if (kill >= start) return [];
    const reason =
      startup === undefined ? `before it can be done (${start} s)` : `which is sooner than without it (${start} s)`;
    const problem = `${keyOf(decides)} kills the container ${kill} s after its start, ${reason}`;
    const repair = "startupProbe: { httpGet: { … }, periodSeconds: 5, failureThreshold: 24 }";
    return [violationAt(decides, complaint(container, problem, repair))];
  });
}
