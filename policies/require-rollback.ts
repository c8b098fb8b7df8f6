import { BUDGET, budgetOfWorkload, judgeBudget } from "./disruption-budget.ts";
import { judgeDockerContainer, judgeDockerService } from "./docker-rollback.ts";
import { CIRCUIT_BREAKER, ECS_ROLLBACK_PAGE, judgeDeploymentGroup, judgeEcsService } from "./ecs-rollback.ts";
import { judgeDeployment, judgeRevisions } from "./kubernetes-rollback.ts";
import type { Policy, ResourceRule } from "./policy.ts";
import { REQUIRE_ROLLBACK_EXAMPLES } from "./require-rollback.examples.ts";
import { judgeWorkload } from "./workload-rollback.ts";

const RULES: readonly ResourceRule[] = [
  {
    types: ["aws:ecs/service:Service"],
    asks: "ROLLING: `deploymentCircuitBreaker` with both `enable` and `rollback`; BLUE_GREEN, LINEAR and CANARY: `alarms` or `lifecycleHooks`. In depth: percentages with which the desired count can be deployed and that do not let all tasks go at once (one writer at 0/100 is right); alarms, where there are any, with `rollback`; bake times; `waitForSteadyState`",
    leavesAlone:
      "controllers CODE_DEPLOY (its deployment group is judged) and EXTERNAL (what drives it from outside decides)",
    judge: judgeEcsService,
  },
  {
    types: ["aws:codedeploy/deploymentGroup:DeploymentGroup"],
    asks: "`autoRollbackConfiguration` that is enabled for DEPLOYMENT_FAILURE",
    leavesAlone: "deployment groups without an `ecsService`",
    judge: judgeDeploymentGroup,
  },
  {
    types: ["kubernetes:apps/v1:Deployment"],
    asks: "`revisionHistoryLimit` of at least 1 (10 where nothing is stated) and `progressDeadlineSeconds` stated. In depth: the deadline is longer than a pod may take to be ready (startup probes, first readiness check, `minReadySeconds`); no Recreate without a volume claim or host port; no `maxUnavailable` that lets every pod go",
    judge: judgeDeployment,
  },
  {
    types: ["kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:DaemonSet"],
    asks: "`revisionHistoryLimit` of at least 1 (10 where nothing is stated). In depth: no OnDelete; no `maxUnavailable` of 100%",
    judge: judgeRevisions,
  },
  {
    types: [BUDGET],
    asks: "In depth: a budget that lets a pod go (no `maxUnavailable: 0`, no `minAvailable: 100%`)",
    judge: judgeBudget,
  },
  {
    types: ["docker:index/container:Container"],
    asks: "`wait: true` with `waitTimeout` (for the health check that require-probes asks for), a `restart` policy, and no `deleteBeforeReplace: true` where old and new can run side by side. In depth: no fixed `name` there; `waitTimeout` longer than `startPeriod` and one interval",
    leavesAlone:
      "one-shots: `attach: true` or `mustRun: false`, not restarted whenever they end; the order of containers with a host port or a writable volume",
    judge: judgeDockerContainer,
  },
  {
    types: ["docker:index/service:Service"],
    asks: '`updateConfig.failureAction: "rollback"`. In depth: an update that does not stop all tasks before a new one runs',
    judge: judgeDockerService,
  },
  {
    types: ["trading-platform:workload:Workload"],
    asks: "`placement.rollout` with `rollbackOnFailure` and at least one of `revisionsKept`. In depth: a `progressDeadline` longer than the time to ready",
    judge: judgeWorkload,
  },
];

/** A release that fails leaves the one before it serving. */
export const requireRollback: Policy = {
  name: "require-rollback",
  displayName: "A failed release is taken back",
  severity: "high",
  concern: "presence",
  description: "A release that fails is noticed and the one before it serves on.",
  why: "Without it a broken release takes the service down until a person notices, finds the last good version and deploys it by hand.",
  remedies: [
    { step: "ECS: let the circuit breaker stop a failing deployment and go back.", code: CIRCUIT_BREAKER },
    {
      step: "Kubernetes: state when a release has failed and keep revisions to go back to.",
      code: "progressDeadlineSeconds: 300,\nrevisionHistoryLimit: 10,",
    },
    {
      step: "Docker: create the new container first, wait until it is healthy, and let it restart by itself.",
      code: 'new docker.Container("api", { …, wait: true, waitTimeout: 120, restart: "unless-stopped" }, { deleteBeforeReplace: false })',
    },
  ],
  url: ECS_ROLLBACK_PAGE,
  counterparts: [
    { tool: "cdk-nag", rules: ["none: no rule of it asks for the circuit breaker"] },
    { tool: "kube-score", rules: ["deployment-strategy (its neighbour: that the type is RollingUpdate)"] },
    {
      tool: "kube-linter",
      rules: ["no-rolling-update-strategy", "pdb-max-unavailable", "pdb-min-available"],
    },
    { tool: "Polaris", rules: ["pdbDisruptionsIsZero", "pdbMinAvailableGreaterThanHPAMinReplicas"] },
  ],
  parameters: [],
  resourceRules: RULES,
  stackRules: [budgetOfWorkload],
  examples: REQUIRE_ROLLBACK_EXAMPLES,
};
