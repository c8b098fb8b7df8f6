import { ifApplicable } from "./check.ts";
import { isRestarted, oneShot, runsBeside } from "./docker.ts";
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
import { REQUIRE_ROLLBACK_EXAMPLES } from "./require-rollback.examples.ts";
import { at, flag, isAbsent, isUnknown, type Node, number, rootOf, text } from "./values.ts";

const ECS_PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html";
const KUBERNETES_PAGE =
  "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment";
const DEADLINE_PAGE = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds";
const DOCKER_PAGE = "https://www.pulumi.com/registry/packages/docker/api-docs/container/";
const SWARM_PAGE = "https://docs.docker.com/reference/cli/docker/service/update/";

const CIRCUIT_BREAKER = "deploymentCircuitBreaker: { enable: true, rollback: true }";

/** Asks one property: unknown is said, and what is not as it must be is a violation. */
function ask(
  node: Node,
  isRight: (node: Node) => boolean,
  problem: string,
  repair: string,
  url: string,
): readonly Finding[] {
  if (isUnknown(node)) return [unjudged(node.path)];
  return isRight(node) ? [] : [{ kind: "violation", property: node.path, problem, repair, url }];
}

function judgeEcsService({ properties }: Resource): Verdict {
  const root = rootOf(properties);
  const controller = at(root, "deploymentController", "type");
  const strategy = at(root, "deploymentConfiguration", "strategy");
  const controllerType = text(controller) ?? "ECS";
  if (controllerType !== "ECS") return notApplicable(`the ${controllerType} controller rolls back by its own rules`);
  const strategyName = text(strategy) ?? "ROLLING";
  if (strategyName !== "ROLLING") return notApplicable(`the ${strategyName} strategy rolls back by its own rules`);
  const undecided = [controller, strategy].filter(isUnknown);
  return judged(ifApplicable(undecided, circuitBreakerFindings(at(root, "deploymentCircuitBreaker"))));
}

function circuitBreakerFindings(breaker: Node): readonly Finding[] {
  if (isUnknown(breaker)) return [unjudged(breaker.path)];
  if (isAbsent(breaker)) {
    const problem = "deploymentCircuitBreaker is missing: ECS starts failing tasks for ever";
    return ask(breaker, () => false, problem, CIRCUIT_BREAKER, ECS_PAGE);
  }
  const isOn = (node: Node): boolean => flag(node) === true;
  return [
    ...ask(at(breaker, "enable"), isOn, "deploymentCircuitBreaker.enable is not true", CIRCUIT_BREAKER, ECS_PAGE),
    ...ask(
      at(breaker, "rollback"),
      isOn,
      "deploymentCircuitBreaker.rollback is not true: a failed deployment stops, and nothing goes back",
      CIRCUIT_BREAKER,
      ECS_PAGE,
    ),
  ];
}

/** Kubernetes keeps 10 revisions where nothing is stated; 0 leaves none to go back to. */
const historyFindings = (root: Node): readonly Finding[] =>
  ask(
    at(root, "spec", "revisionHistoryLimit"),
    (limit) => isAbsent(limit) || (number(limit) ?? 0) >= 1,
    "spec.revisionHistoryLimit keeps no revision to go back to",
    "revisionHistoryLimit: 10",
    KUBERNETES_PAGE,
  );

const judgeDeployment = ({ properties }: Resource): Verdict =>
  judged([
    ...historyFindings(rootOf(properties)),
    ...ask(
      at(rootOf(properties), "spec", "progressDeadlineSeconds"),
      (deadline) => (number(deadline) ?? 0) >= 1,
      "spec.progressDeadlineSeconds is not stated: nobody decided when a release has failed",
      "progressDeadlineSeconds: 300",
      DEADLINE_PAGE,
    ),
  ]);

const judgeRevisions = ({ properties }: Resource): Verdict => judged(historyFindings(rootOf(properties)));

/** That there is a health check to wait for is asked by require-probes; the provider fails a wait without one. */
function judgeDockerContainer({ properties, deleteBeforeReplace }: Resource): Verdict {
  const root = rootOf(properties);
  const mayEnd = oneShot(root);
  if (mayEnd.is) return notApplicable("the container runs to its end (attach, or mustRun: false)");
  return judged(
    ifApplicable(mayEnd.undecided, [
      ...ask(
        at(root, "wait"),
        (wait) => flag(wait) === true,
        "wait is not true: the old container goes before the new one is known to be healthy",
        "wait: true",
        DOCKER_PAGE,
      ),
      ...ask(
        at(root, "waitTimeout"),
        (timeout) => (number(timeout) ?? 0) > 0,
        "waitTimeout is not stated: nobody decided when a release has failed",
        "waitTimeout: 120",
        DOCKER_PAGE,
      ),
      ...ask(
        at(root, "restart"),
        isRestarted,
        "restart is not set: the container stays down when its process ends",
        'restart: "unless-stopped"',
        DOCKER_PAGE,
      ),
      ...orderFindings(root, deleteBeforeReplace),
    ]),
  );
}

/** Only what is stated is judged: `pulumi policy analyze` does not tell the option. */
function orderFindings(root: Node, deleteBeforeReplace: boolean | undefined): readonly Finding[] {
  const beside = runsBeside(root);
  if (deleteBeforeReplace !== true || (!beside.is && beside.undecided.length === 0)) return [];
  return ifApplicable(beside.undecided, [
    {
      kind: "violation",
      property: "deleteBeforeReplace",
      problem: "deleteBeforeReplace stops the old container before the new one is healthy, although both could run",
      repair: "{ deleteBeforeReplace: false }",
      url: "https://www.pulumi.com/docs/iac/concepts/options/deletebeforereplace/",
    },
  ]);
}

const judgeDockerService = ({ properties }: Resource): Verdict =>
  judged(
    ask(
      at(rootOf(properties), "updateConfig", "failureAction"),
      (action) => text(action) === "rollback",
      "updateConfig.failureAction is not rollback: a failed update stops half-way (pause is the default)",
      'updateConfig: { failureAction: "rollback", order: "start-first", monitor: "30s" }',
      SWARM_PAGE,
    ),
  );

function judgeWorkload({ properties }: Resource): Verdict {
  const rollout = at(rootOf(properties), "placement", "rollout");
  return judged([
    ...ask(
      at(rollout, "rollbackOnFailure"),
      (rollback) => flag(rollback) === true,
      "placement.rollout.rollbackOnFailure is not true: a failed release is left as it is",
      "rollbackOnFailure: true",
      KUBERNETES_PAGE,
    ),
    ...ask(
      at(rollout, "revisionsKept"),
      (kept) => (number(kept) ?? 0) >= 1,
      "placement.rollout.revisionsKept leaves no release to go back to",
      "revisionsKept: 10",
      KUBERNETES_PAGE,
    ),
  ]);
}

const RULES: readonly ResourceRule[] = [
  {
    types: ["aws:ecs/service:Service"],
    asks: "`deploymentCircuitBreaker` with both `enable` and `rollback`",
    leavesAlone:
      "controllers CODE_DEPLOY and EXTERNAL, and strategies other than ROLLING: they roll back by their own rules",
    judge: judgeEcsService,
  },
  {
    types: ["kubernetes:apps/v1:Deployment"],
    asks: "`revisionHistoryLimit` of at least 1 (10 where nothing is stated) and `progressDeadlineSeconds` stated",
    judge: judgeDeployment,
  },
  {
    types: ["kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:DaemonSet"],
    asks: "`revisionHistoryLimit` of at least 1 (10 where nothing is stated)",
    judge: judgeRevisions,
  },
  {
    types: ["docker:index/container:Container"],
    asks: "`wait: true` with `waitTimeout` (for the health check that require-probes asks for), a `restart` policy, and no `deleteBeforeReplace: true` where old and new can run side by side",
    leavesAlone:
      "one-shots: `attach: true` or `mustRun: false`, not restarted whenever they end; the order of containers with a host port or a writable volume",
    judge: judgeDockerContainer,
  },
  {
    types: ["docker:index/service:Service"],
    asks: '`updateConfig.failureAction: "rollback"`',
    judge: judgeDockerService,
  },
  {
    types: ["trading-platform:workload:Workload"],
    asks: "`placement.rollout` with `rollbackOnFailure` and at least one of `revisionsKept`",
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
  url: ECS_PAGE,
  counterparts: [
    { tool: "cdk-nag", rules: ["none: no rule of it asks for the circuit breaker"] },
    { tool: "kube-score", rules: ["none: no check of it asks for progressDeadlineSeconds or revisionHistoryLimit"] },
  ],
  parameters: [],
  resourceRules: RULES,
  stackRules: [],
  examples: REQUIRE_ROLLBACK_EXAMPLES,
};
