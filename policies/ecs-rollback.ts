import { ask, type Complaint, violationAt, whenKnown, withoutRepetition } from "./ask.ts";
import { ifApplicable } from "./check.ts";
import { type Finding, judged, notApplicable, type Resource, unjudged, type Verdict } from "./policy.ts";
import { at, entries, flag, isAbsent, isUnknown, type Node, number, rootOf, text } from "./values.ts";

export const ECS_ROLLBACK_PAGE =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html";
const STRATEGY_PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html";
const ALARMS_PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html";
const CODE_DEPLOY_PAGE =
  "https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html";

export const CIRCUIT_BREAKER = "deploymentCircuitBreaker: { enable: true, rollback: true }";
const ALARMS = "alarms: { enable: true, rollback: true, alarmNames: [errors.name] }";

const isTrue = (node: Node): boolean => flag(node) === true;

const presence = (problem: string, repair: string, url: string): Complaint => ({ problem, repair, url });
const depth = (problem: string, repair: string, url: string): Complaint => ({ problem, repair, url, concern: "depth" });

export function judgeEcsService({ properties }: Resource): Verdict {
  const root = rootOf(properties);
  const controller = at(root, "deploymentController", "type");
  const strategy = at(root, "deploymentConfiguration", "strategy");
  const controllerType = text(controller) ?? "ECS";
  if (controllerType === "CODE_DEPLOY") {
    return notApplicable("the CODE_DEPLOY controller rolls back by its deployment group, which is judged by itself");
  }
  if (controllerType !== "ECS") {
    return notApplicable(`the ${controllerType} controller is driven from outside, which decides when to go back`);
  }
  const isRolling = (text(strategy) ?? "ROLLING") === "ROLLING";
  const findings = [
    ...(isRolling
      ? [...breakerFindings(at(root, "deploymentCircuitBreaker")), ...percentFindings(root)]
      : shiftFindings(root, text(strategy) ?? "")),
    ...alarmFindings(at(root, "alarms")),
    ...ask(
      at(root, "waitForSteadyState"),
      isTrue,
      depth(
        "waitForSteadyState is not true: the update ends before the release has started, so nobody is told that it failed",
        "waitForSteadyState: true",
        ECS_ROLLBACK_PAGE,
      ),
    ),
  ];
  return judged(withoutRepetition(ifApplicable([controller, strategy].filter(isUnknown), findings)));
}

function breakerFindings(breaker: Node): readonly Finding[] {
  if (isUnknown(breaker)) return [unjudged(breaker.path)];
  if (isAbsent(breaker)) {
    const problem = "deploymentCircuitBreaker is missing: ECS starts failing tasks for ever";
    return [violationAt(breaker, presence(problem, CIRCUIT_BREAKER, ECS_ROLLBACK_PAGE))];
  }
  const stopsOnly = "deploymentCircuitBreaker.rollback is not true: a failed deployment stops, and nothing goes back";
  return [
    ...ask(
      at(breaker, "enable"),
      isTrue,
      presence("deploymentCircuitBreaker.enable is not true", CIRCUIT_BREAKER, ECS_ROLLBACK_PAGE),
    ),
    ...ask(at(breaker, "rollback"), isTrue, presence(stopsOnly, CIRCUIT_BREAKER, ECS_ROLLBACK_PAGE)),
  ];
}

/** Alarms are not required; where they are stated they must be able to take the release back. */
function alarmFindings(alarms: Node): readonly Finding[] {
  if (isUnknown(alarms)) return [unjudged(alarms.path)];
  if (isAbsent(alarms)) return [];
  const names = at(alarms, "alarmNames");
  return [
    ...ask(at(alarms, "enable"), isTrue, depth("alarms.enable is not true", ALARMS, ALARMS_PAGE)),
    ...ask(
      at(alarms, "rollback"),
      isTrue,
      depth("alarms.rollback is not true: the alarm stops the release, and nothing goes back", ALARMS, ALARMS_PAGE),
    ),
    ...ask(
      names,
      (list) => entries(list).length > 0,
      depth("alarms.alarmNames is empty: no alarm can stop the release", ALARMS, ALARMS_PAGE),
    ),
  ];
}

/**
 * The strategies that shift traffic have no circuit breaker. They go back while both revisions run: when a lifecycle
 * hook or an alarm says so, within the bake time.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
function shiftFindings(root: Node, strategy: string): readonly Finding[] {
  const configuration = at(root, "deploymentConfiguration");
  const [hooks, alarms] = [at(configuration, "lifecycleHooks"), at(root, "alarms")];
  const bakes = (node: Node): boolean => minutes(node) >= 1;
  const asksBake = (node: Node): readonly Finding[] =>
    ask(
      node,
      bakes,
      depth(
        `${node.path} leaves no time in which a ${strategy} release can be taken back`,
        'bakeTimeInMinutes: "10"',
        STRATEGY_PAGE,
      ),
    );
  const partial = STEPS[strategy];
  return [
    ...whenKnown([hooks, alarms], () =>
      entries(hooks).length > 0 || !isAbsent(alarms)
        ? []
        : [
            violationAt(
              alarms,
              presence(
                `a ${strategy} release has neither alarms nor lifecycleHooks: nothing takes it back`,
                ALARMS,
                ALARMS_PAGE,
              ),
            ),
          ],
    ),
    ...asksBake(at(configuration, "bakeTimeInMinutes")),
    ...(partial === undefined
      ? []
      : [
          ...asksBake(at(configuration, partial.block, partial.bake)),
          ...ask(
            at(configuration, partial.block, partial.percent),
            (percent) => (number(percent) ?? 0) < 100,
            depth(`${strategy} shifts all traffic in its first step`, `${partial.percent}: 10`, STRATEGY_PAGE),
          ),
        ]),
  ];
}

const STEPS: Readonly<Record<string, { readonly block: string; readonly bake: string; readonly percent: string }>> = {
  LINEAR: { block: "linearConfiguration", bake: "stepBakeTimeInMinutes", percent: "stepPercent" },
  CANARY: { block: "canaryConfiguration", bake: "canaryBakeTimeInMinutes", percent: "canaryPercent" },
};

/** The provider takes minutes as text. */
const minutes = (node: Node): number => Number(text(node) ?? number(node) ?? 0);

/** ECS' defaults of a REPLICA service: nothing missing, twice as many while it rolls. */
const PERCENT_DEFAULTS = { minimum: 100, maximum: 200 } as const;

/**
 * How many tasks run while it rolls: at least the minimum, rounded up, at most the maximum, rounded down. A release
 * makes progress if one more fits or one may go. A DAEMON never has more than one a host, so one must be able to go.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
function percentFindings(root: Node): readonly Finding[] {
  const [minimum, maximum] = ["deploymentMinimumHealthyPercent", "deploymentMaximumPercent"].map((key) =>
    at(root, key),
  );
  const [desired, scheduling] = [at(root, "desiredCount"), at(root, "schedulingStrategy")];
  if (minimum === undefined || maximum === undefined) return [];
  return whenKnown([minimum, maximum, desired, scheduling], () => {
    const complain = (problem: string, repair: string): readonly Finding[] => [
      violationAt(minimum, depth(problem, repair, STRATEGY_PAGE)),
    ];
    const least = number(minimum);
    if (text(scheduling) === "DAEMON") {
      if (least === undefined || least < 100) return [];
      const problem = `a DAEMON service has at most one task a host, and deploymentMinimumHealthyPercent ${least} lets none go: it never deploys`;
      return complain(problem, "deploymentMinimumHealthyPercent: 75");
    }
    const low = least ?? PERCENT_DEFAULTS.minimum;
    const high = number(maximum) ?? PERCENT_DEFAULTS.maximum;
    const count = number(desired);
    const keeps = Math.ceil(((count ?? 100) * low) / 100);
    const fits = Math.floor(((count ?? 100) * high) / 100);
    const all = count ?? 100;
    if (all > 0 && keeps >= all && fits <= all) {
      const problem = `${count ?? "the desired number of"} tasks at ${low}/${high} %: none may go and no further one fits, so it never deploys`;
      return complain(problem, "deploymentMinimumHealthyPercent: 100, deploymentMaximumPercent: 200");
    }
    if (count !== undefined && count > 1 && keeps === 0) {
      const problem = `deploymentMinimumHealthyPercent ${low} lets all ${count} tasks go at once`;
      return complain(problem, "deploymentMinimumHealthyPercent: 100");
    }
    return [];
  });
}

/** The rules of the CODE_DEPLOY controller: its deployment group goes back by itself when a deployment fails. */
export function judgeDeploymentGroup({ properties }: Resource): Verdict {
  const root = rootOf(properties);
  const service = at(root, "ecsService");
  if (isAbsent(service)) return notApplicable("the deployment group is none of an ECS service");
  const rollback = at(root, "autoRollbackConfiguration");
  const repair = 'autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] }';
  const findings = [
    ...ask(
      at(rollback, "enabled"),
      isTrue,
      presence(
        "autoRollbackConfiguration.enabled is not true: a failed deployment is left as it is",
        repair,
        CODE_DEPLOY_PAGE,
      ),
    ),
    ...ask(
      at(rollback, "events"),
      (events) => entries(events).some((event) => isUnknown(event) || text(event) === "DEPLOYMENT_FAILURE"),
      presence("autoRollbackConfiguration.events has no DEPLOYMENT_FAILURE", repair, CODE_DEPLOY_PAGE),
    ),
  ];
  return judged(withoutRepetition(ifApplicable([service].filter(isUnknown), findings)));
}
