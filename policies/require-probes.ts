import { checkFindings, ifApplicable } from "./check.ts";
import { oneShot } from "./docker.ts";
import { containerDefinitions, longRunning } from "./ecs.ts";
import { commandState } from "./health-command.ts";
import { longRunningContainers, podSpecOf, probeState, runsToItsEnd } from "./kubernetes.ts";
import {
  type Finding,
  judged,
  notApplicable,
  type Policy,
  type Resource,
  type ResourceRule,
  unjudged,
  type Verdict,
} from "./policy.ts";
import { REQUIRE_PROBES_EXAMPLES } from "./require-probes.examples.ts";
import { at, flag, isAbsent, isUnknown, type Node, nameOf, rootOf, text } from "./values.ts";

const KUBERNETES_PAGE =
  "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/";
const ECS_PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html";
const TARGET_GROUP_PAGE =
  "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html";
const DOCKER_PAGE = "https://docs.docker.com/reference/dockerfile/#healthcheck";

const KUBERNETES_PROBES = [
  {
    key: "livenessProbe",
    repair: 'livenessProbe: { httpGet: { path: "/health/live", port: 8000 }, periodSeconds: 10, failureThreshold: 6 }',
  },
  {
    key: "readinessProbe",
    repair: 'readinessProbe: { httpGet: { path: "/health/ready", port: 8000 }, periodSeconds: 5, failureThreshold: 3 }',
  },
] as const;

function judgeKubernetes({ type, properties }: Resource): Verdict {
  const podSpec = podSpecOf(type, rootOf(properties));
  if (type === "kubernetes:core/v1:Pod" && runsToItsEnd(podSpec)) {
    return notApplicable("the pod is not restarted when it ends: it is a job");
  }
  const { containers, unknown } = longRunningContainers(podSpec);
  const undecided = type === "kubernetes:core/v1:Pod" ? [at(podSpec, "restartPolicy")].filter(isUnknown) : [];
  const findings = [...unknown.map(({ path }) => unjudged(path)), ...containers.flatMap(probeFindings)];
  return judged(ifApplicable(undecided, findings));
}

const probeFindings = (container: Node): readonly Finding[] =>
  KUBERNETES_PROBES.flatMap(({ key, repair }) => {
    const probe = at(container, key);
    return checkFindings(probeState(probe), (problem) => ({
      property: probe.path,
      problem: `container "${nameOf(container)}": ${key} ${problem}`,
      repair,
      url: KUBERNETES_PAGE,
    }));
  });

function judgeTaskDefinition({ properties }: Resource): Verdict {
  const definitions = containerDefinitions(rootOf(properties));
  if (definitions.kind === "unknown") return judged([unjudged(definitions.node.path)]);
  if (definitions.kind === "unreadable") {
    return judged([
      {
        kind: "violation",
        property: "containerDefinitions",
        problem: "containerDefinitions is no JSON list of containers, so no health check can be found in it",
        repair: "containerDefinitions: JSON.stringify([{ name, image, essential: true, healthCheck }])",
        url: ECS_PAGE,
      },
    ]);
  }
  return judged(
    longRunning(definitions.containers).flatMap((container) => {
      const check = at(container, "healthCheck");
      const state = commandState(isAbsent(check) ? check : at(check, "command"));
      return checkFindings(state, (problem) => ({
        property: check.path,
        problem: `essential container "${nameOf(container)}": ${isAbsent(check) ? "healthCheck is missing" : `healthCheck ${problem}`}`,
        repair:
          'healthCheck: { command: ["CMD-SHELL", "wget -q --spider http://127.0.0.1:8000/health/ready"], interval: 10, timeout: 3, retries: 3 }',
        url: ECS_PAGE,
      }));
    }),
  );
}

const TARGET_GROUP_REPAIR =
  'healthCheck: { enabled: true, protocol: "HTTP", path: "/health/ready", matcher: "200", interval: 10, timeout: 5 }';

function judgeTargetGroup({ properties }: Resource): Verdict {
  const root = rootOf(properties);
  const targetType = at(root, "targetType");
  if (text(targetType) === "lambda") {
    return notApplicable("a function has no process to ask; health checks of lambda targets only cost invocations");
  }
  return judged(ifApplicable([targetType].filter(isUnknown), targetGroupFindings(at(root, "healthCheck"))));
}

function targetGroupFindings(check: Node): readonly Finding[] {
  const violation = ({ path: property }: Node, problem: string): readonly Finding[] => [
    { kind: "violation", property, problem, repair: TARGET_GROUP_REPAIR, url: TARGET_GROUP_PAGE },
  ];
  if (isUnknown(check)) return [unjudged(check.path)];
  if (isAbsent(check)) return violation(check, "healthCheck is missing: the default asks for /, whatever that says");
  const enabled = at(check, "enabled");
  if (flag(enabled) === false) return violation(enabled, "healthCheck.enabled is false: no target is checked");
  const path = at(check, "path");
  const protocol = at(check, "protocol");
  const unknown = [enabled, protocol, path].filter(isUnknown);
  if (unknown.length > 0) return unknown.map((node) => unjudged(node.path));
  // The provider's default is HTTP for every kind of target group; the others only connect and have no path.
  const connectsOnly = !["HTTP", "HTTPS"].includes((text(protocol) ?? "HTTP").toUpperCase());
  if (connectsOnly || (text(path) ?? "") !== "") return [];
  return violation(path, "healthCheck.path is missing: the default / says nothing about the service");
}

function judgeDockerContainer({ properties }: Resource): Verdict {
  const root = rootOf(properties);
  const mayEnd = oneShot(root);
  if (mayEnd.is) return notApplicable("the container runs to its end (attach, or mustRun: false)");
  return judged(ifApplicable(mayEnd.undecided, dockerFindings(at(root, "healthcheck"))));
}

const judgeDockerService = ({ properties }: Resource): Verdict =>
  judged(dockerFindings(at(rootOf(properties), "taskSpec", "containerSpec", "healthcheck")));

function dockerFindings(healthcheck: Node): readonly Finding[] {
  const state = commandState(isAbsent(healthcheck) ? healthcheck : at(healthcheck, "tests"));
  return checkFindings(state, (problem) => ({
    property: healthcheck.path,
    problem: isAbsent(healthcheck)
      ? "healthcheck is missing, and what the image brings along cannot be seen here"
      : `healthcheck ${problem}`,
    repair:
      'healthcheck: { tests: ["CMD", "wget", "-q", "--spider", "http://127.0.0.1:8000/health/ready"], interval: "10s", timeout: "3s", retries: 3 }',
    url: DOCKER_PAGE,
  }));
}

const judgeWorkload = ({ properties }: Resource): Verdict =>
  judged(
    ["liveness", "readiness"].flatMap((kind): readonly Finding[] => {
      const probe = at(rootOf(properties), "probes", kind);
      if (isUnknown(probe)) return [unjudged(probe.path)];
      if (!isAbsent(at(probe, "check"))) return [];
      return [
        {
          kind: "violation",
          property: `probes.${kind}`,
          problem: `probes.${kind} is missing or checks nothing`,
          repair: `probes: { ${kind}: probe({ check: { kind: "http", path: "/health/${kind === "liveness" ? "live" : "ready"}", port: "http" }, … }) }`,
          url: KUBERNETES_PAGE,
        },
      ];
    }),
  );

const RULES: readonly ResourceRule[] = [
  {
    types: [
      "kubernetes:apps/v1:Deployment",
      "kubernetes:apps/v1:StatefulSet",
      "kubernetes:apps/v1:DaemonSet",
      "kubernetes:apps/v1:ReplicaSet",
      "kubernetes:core/v1:Pod",
    ],
    asks: "`livenessProbe` and `readinessProbe`, each with a handler that has its target, on every container and every native sidecar (init container with `restartPolicy: Always`)",
    leavesAlone: "Job, CronJob, other init containers, a bare Pod with `restartPolicy` Never or OnFailure",
    judge: judgeKubernetes,
  },
  {
    types: ["aws:ecs/taskDefinition:TaskDefinition"],
    asks: "`healthCheck` with a `command` on every essential container (ECS ignores the image's own)",
    leavesAlone: "containers that are not essential, and those that another waits for with SUCCESS or COMPLETE",
    judge: judgeTaskDefinition,
  },
  {
    types: ["aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"],
    asks: "`healthCheck` that is enabled, with a `path` unless it only connects (TCP)",
    leavesAlone: "`targetType: lambda`",
    judge: judgeTargetGroup,
  },
  {
    types: ["docker:index/container:Container"],
    asks: '`healthcheck.tests` that begins with CMD or CMD-SHELL; `["NONE"]` and `[]` count as missing',
    leavesAlone: "one-shots: `attach: true` or `mustRun: false`, not restarted whenever they end",
    judge: judgeDockerContainer,
  },
  {
    types: ["docker:index/service:Service"],
    asks: "`taskSpec.containerSpec.healthcheck.tests`, as for a container",
    judge: judgeDockerService,
  },
  {
    types: ["trading-platform:workload:Workload"],
    asks: "`probes.liveness` and `probes.readiness` with a `check`",
    judge: judgeWorkload,
  },
];

/** Every long-running container says how it is asked whether it lives and whether it is ready. */
export const requireProbes: Policy = {
  name: "require-probes",
  displayName: "Long-running containers have probes",
  severity: "high",
  concern: "presence",
  description: "Every long-running container has a liveness and a readiness check that asks something.",
  why: "Without a liveness check a process that hangs is never restarted. Without a readiness check traffic reaches an instance that has not started yet, and a broken release counts as a success, so no rollback starts.",
  remedies: [
    {
      step: "Kubernetes: give each container both probes; liveness asks the process only, readiness whether it can take traffic.",
      code: KUBERNETES_PROBES.map(({ repair }) => `${repair},`).join("\n"),
    },
    {
      step: "ECS: one check for each essential container, inside the container, and one at the target group.",
      code: `healthCheck: { command: ["CMD-SHELL", "wget -q --spider http://127.0.0.1:8000/health/ready"], interval: 10, timeout: 3, retries: 3 }\n${TARGET_GROUP_REPAIR}`,
    },
    {
      step: "Docker: state the check on the container; an image's HEALTHCHECK changes with the image.",
      code: 'healthcheck: { tests: ["CMD", "wget", "-q", "--spider", "http://127.0.0.1:8000/health/ready"], interval: "10s", timeout: "3s", retries: 3 }',
    },
  ],
  url: KUBERNETES_PAGE,
  counterparts: [
    { tool: "kube-linter", rules: ["no-liveness-probe", "no-readiness-probe"] },
    { tool: "kube-score", rules: ["pod-probes"] },
    { tool: "Polaris", rules: ["livenessProbeMissing", "readinessProbeMissing"] },
    { tool: "checkov", rules: ["CKV_K8S_8", "CKV_K8S_9", "CKV_AWS_261"] },
  ],
  parameters: [],
  resourceRules: RULES,
  stackRules: [],
  examples: REQUIRE_PROBES_EXAMPLES,
};
