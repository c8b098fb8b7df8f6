import { DOCKER_CHECK_REPAIR, judgeDockerContainer, judgeDockerService } from "./docker-probes.ts";
import { ECS_CHECK_REPAIR, gracePeriod, judgeTaskDefinition } from "./ecs-probes.ts";
import { judgeKubernetes, KUBERNETES_PROBES_PAGE, KUBERNETES_REPAIRS } from "./kubernetes-probes.ts";
import type { Policy, ResourceRule } from "./policy.ts";
import { REQUIRE_PROBES_EXAMPLES } from "./require-probes.examples.ts";
import { judgeTargetGroup, TARGET_GROUP_REPAIR } from "./target-group-probes.ts";
import { judgeWorkload } from "./workload-probes.ts";

const RULES: readonly ResourceRule[] = [
  {
    types: [
      "kubernetes:apps/v1:Deployment",
      "kubernetes:apps/v1:StatefulSet",
      "kubernetes:apps/v1:DaemonSet",
      "kubernetes:apps/v1:ReplicaSet",
      "kubernetes:core/v1:Pod",
    ],
    asks: "`livenessProbe` and `readinessProbe`, each with a handler that has its target, on every container and every native sidecar (init container with `restartPolicy: Always`). In depth: a port that the container has; no other `host`; a command that can fail; `timeoutSeconds` less than `periodSeconds`; a liveness that asks the process only (no path of readiness or of dependencies), gives up later than readiness where both ask the same, and leaves the start its time; a startup probe that gives more of it",
    leavesAlone: "Job, CronJob, other init containers, a bare Pod with `restartPolicy` Never or OnFailure",
    judge: judgeKubernetes,
  },
  {
    types: ["aws:ecs/taskDefinition:TaskDefinition"],
    asks: "`healthCheck` with a `command` on every essential container (ECS ignores the image's own). In depth: a command that can fail and asks this container; `timeout` less than `interval`; `startPeriod` and retries that leave the start its time",
    leavesAlone: "containers that are not essential, and those that another waits for with SUCCESS or COMPLETE",
    judge: judgeTaskDefinition,
  },
  {
    types: ["aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"],
    asks: "`healthCheck` that is enabled, with a `path` unless it only connects (TCP). In depth: a path that asks the service only; `timeout` less than `interval`; a `matcher` without errors; `deregistrationDelay` not 0",
    leavesAlone: "`targetType: lambda`",
    judge: judgeTargetGroup,
  },
  {
    types: ["docker:index/container:Container"],
    asks: '`healthcheck.tests` that begins with CMD or CMD-SHELL; `["NONE"]` and `[]` count as missing. In depth: a command that can fail and asks this container; `timeout` less than `interval` where both are stated',
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
    asks: "`probes.liveness` and `probes.readiness` with a `check`. In depth: a port that it has, `timeout` less than `interval`",
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
      code: Object.values(KUBERNETES_REPAIRS)
        .map((repair) => `${repair},`)
        .join("\n"),
    },
    {
      step: "ECS: one check for each essential container, inside the container, and one at the target group.",
      code: `${ECS_CHECK_REPAIR}\n${TARGET_GROUP_REPAIR}`,
    },
    {
      step: "Docker: state the check on the container; an image's HEALTHCHECK changes with the image.",
      code: DOCKER_CHECK_REPAIR,
    },
  ],
  url: KUBERNETES_PROBES_PAGE,
  counterparts: [
    {
      tool: "kube-linter",
      rules: ["no-liveness-probe", "no-readiness-probe", "liveness-port", "readiness-port", "startup-port"],
    },
    { tool: "kube-score", rules: ["pod-probes", "pod-probes-identical"] },
    { tool: "Polaris", rules: ["livenessProbeMissing", "readinessProbeMissing"] },
    { tool: "checkov", rules: ["CKV_K8S_8", "CKV_K8S_9", "CKV_AWS_261"] },
  ],
  parameters: [],
  resourceRules: RULES,
  stackRules: [gracePeriod],
  examples: REQUIRE_PROBES_EXAMPLES,
};
