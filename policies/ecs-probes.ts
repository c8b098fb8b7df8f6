import { type Complaint, violationAt, whenKnown, withoutRepetition } from "./ask.ts";
import { checkFindings } from "./check.ts";
import { containerDefinitions, essentialContainers } from "./ecs.ts";
import { commandFindings, commandState } from "./health-command.ts";
import {
  type Finding,
  judged,
  notApplicable,
  type Resource,
  type StackFinding,
  type StackResource,
  type StackRule,
  unjudged,
  type Verdict,
} from "./policy.ts";
import { at, isAbsent, type Node, nameOf, number, rootOf } from "./values.ts";

const PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html";

export const ECS_CHECK_REPAIR =
  'healthCheck: { command: ["CMD-SHELL", "wget -q --spider http://127.0.0.1:8000/health/ready"], interval: 10, timeout: 3, retries: 3 }';

export function judgeTaskDefinition({ properties }: Resource): Verdict {
  const definitions = containerDefinitions(rootOf(properties));
  if (definitions.kind === "unknown") return judged([unjudged(definitions.node.path)]);
  if (definitions.kind === "unreadable") {
    return judged([
      {
        kind: "violation",
        property: "containerDefinitions",
        problem: "containerDefinitions is no JSON list of containers, so no health check can be found in it",
        repair: "containerDefinitions: JSON.stringify([{ name, image, essential: true, healthCheck }])",
        url: PAGE,
      },
    ]);
  }
  const { containers, unknown } = essentialContainers(definitions.containers);
  return judged(
    withoutRepetition([
      ...unknown.map(({ path }) => unjudged(path)),
      ...containers.flatMap((container) => [...presence(container), ...depth(container)]),
    ]),
  );
}

function presence(container: Node): readonly Finding[] {
  const check = at(container, "healthCheck");
  const state = commandState(isAbsent(check) ? check : at(check, "command"));
  return checkFindings(state, (problem) => ({
    property: check.path,
    problem: `essential container "${nameOf(container)}": ${isAbsent(check) ? "healthCheck is missing" : `healthCheck ${problem}`}`,
    repair: ECS_CHECK_REPAIR,
    url: PAGE,
  }));
}

/** ECS' defaults: a check each 30 s, 5 s for the answer, 3 failures in a row decide, from the first second on. */
const DEFAULTS = { interval: 30, timeout: 5, retries: 3, startPeriod: 0 } as const;
type Timing = keyof typeof DEFAULTS;

const timing = (check: Node, key: Timing): number => number(at(check, key)) ?? DEFAULTS[key];

/** No service is known to start faster than this; it is also the shortest that two failures take. */
const SHORTEST_START_SECONDS = 10;

function depth(container: Node): readonly Finding[] {
  const check = at(container, "healthCheck");
  const command = at(check, "command");
  if (isAbsent(check) || commandState(command).kind !== "asks") return [];
  const complaint = (problem: string, repair: string): Complaint => ({
    problem: `essential container "${nameOf(container)}": ${problem}`,
    repair,
    url: PAGE,
    concern: "depth",
  });
  return [
    ...commandFindings(command, (problem) =>
      violationAt(command, complaint(`healthCheck ${problem}`, ECS_CHECK_REPAIR)),
    ),
    ...whenKnown([at(check, "timeout"), at(check, "interval")], () => {
      const [timeout, interval] = [timing(check, "timeout"), timing(check, "interval")];
      if (timeout < interval) return [];
      const problem = `healthCheck waits ${timeout} s for an answer, not less than the ${interval} s to the next check`;
      return [violationAt(at(check, "timeout"), complaint(problem, "timeout: 3"))];
    }),
    ...whenKnown([at(check, "interval"), at(check, "retries"), at(check, "startPeriod")], () => {
      const kill = timing(check, "startPeriod") + timing(check, "interval") * timing(check, "retries");
      if (kill >= SHORTEST_START_SECONDS) return [];
      const problem = `healthCheck stops the task ${kill} s after its start, before it can be done (${SHORTEST_START_SECONDS} s)`;
      return [violationAt(at(check, "startPeriod"), complaint(problem, "startPeriod: 60"))];
    }),
  ];
}

const SERVICE = "aws:ecs/service:Service";
const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const TARGET_GROUPS: readonly string[] = ["aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"];

/** The load balancer's defaults: a check each 30 s, 2 failures in a row decide (ALB), 3 before 2021. */
const TARGET_DEFAULTS = { interval: 30, unhealthyThreshold: 2 } as const;

/**
 * ECS replaces a task that its target group calls unhealthy. Until the containers' `startPeriod` is over they may not
 * answer yet, so grace period and target group together have to wait at least as long.
 */
export const gracePeriod: StackRule = {
  types: [SERVICE, TASK_DEFINITION, ...TARGET_GROUPS],
  asks: "`healthCheckGracePeriodSeconds`, together with what its target group needs to call a target unhealthy, no shorter than the `startPeriod` of its containers",
  leavesAlone: "services without a load balancer, and those whose task definition is not in the stack",
  judge: (resources) => {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const services = resources.filter(
      ({ type, properties }) => type === SERVICE && !isAbsent(at(rootOf(properties), "loadBalancers")),
    );
    if (services.length === 0) return notApplicable("the stack has no ECS service with a load balancer");
    return { kind: "judged", findings: services.flatMap((service) => judgeGrace(service, byUrn)) };
  },
};

function judgeGrace(service: StackResource, byUrn: ReadonlyMap<string, StackResource>): readonly StackFinding[] {
  const from = (property: string, types: readonly string[]): readonly StackResource[] =>
    (service.madeFrom[property] ?? [])
      .filter(({ type }) => types.includes(type))
      .flatMap(({ urn }) => byUrn.get(urn) ?? []);
  const starts = from("taskDefinition", [TASK_DEFINITION]).flatMap(startPeriods);
  const checks = from("loadBalancers", TARGET_GROUPS).map(({ properties }) => at(rootOf(properties), "healthCheck"));
  const grace = at(rootOf(service.properties), "healthCheckGracePeriodSeconds");
  const timings = checks.flatMap((check) => [at(check, "interval"), at(check, "unhealthyThreshold")]);
  if (starts.length === 0) return [];
  const findings = whenKnown([grace, ...starts, ...timings], () => {
    const start = Math.max(...starts.map((node) => number(node) ?? DEFAULTS.startPeriod));
    const unhealthy = Math.min(
      ...checks.map(
        (check) =>
          (number(at(check, "interval")) ?? TARGET_DEFAULTS.interval) *
          (number(at(check, "unhealthyThreshold")) ?? TARGET_DEFAULTS.unhealthyThreshold),
      ),
    );
    const patience = (number(grace) ?? 0) + (checks.length === 0 ? 0 : unhealthy);
    if (patience >= start) return [];
    const problem = `a task is replaced ${patience} s after its start (grace period and target group together), before its containers' start is over (${start} s)`;
    return [
      violationAt(grace, {
        problem,
        repair: `healthCheckGracePeriodSeconds: ${start}`,
        url: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
        concern: "depth",
      }),
    ];
  });
  return findings.map((finding) => ({ resource: service, finding }));
}

function startPeriods({ properties }: StackResource): readonly Node[] {
  const definitions = containerDefinitions(rootOf(properties));
  if (definitions.kind === "unknown") return [definitions.node];
  if (definitions.kind === "unreadable") return [];
  return essentialContainers(definitions.containers).containers.map((container) =>
    at(container, "healthCheck", "startPeriod"),
  );
}
