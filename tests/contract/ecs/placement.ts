import { at, number, text } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import { secondsOf } from "../health-command.ts";
import type { Observed, Span } from "../observed.ts";
import { ofType } from "./resources.ts";

/** How often the service runs, what scales it, and how it is replaced. */
export function readPlacement(
  name: string,
  own: unknown,
  service: Rendered,
  task: Rendered,
  resources: readonly Rendered[],
): Observed["placement"] {
  const scaling = readScaling(name, service, resources);
  const isPerHost = service.inputs.schedulingStrategy === "DAEMON";
  const counts = isPerHost ? hostCounts(resources) : { atMinimum: scaling.minimum, atMaximum: scaling.maximum };
  return {
    kind: isPerHost ? "per-host" : "replicas",
    scaling,
    rollout: readRollout(own, service, task, counts),
  };
}

function readScaling(
  name: string,
  service: Rendered,
  resources: readonly Rendered[],
): Observed["placement"]["scaling"] {
  const count = number(service.inputs.desiredCount) ?? 1;
  const isFor = ({ inputs }: Rendered) => (text(inputs.resourceId) ?? "").endsWith(`/${name}`);
  const range = ofType(resources, "appautoscaling/target:Target").find(isFor);
  const policy = ofType(resources, "appautoscaling/policy:Policy").find(isFor);
  if (range === undefined || policy === undefined) return { minimum: count, maximum: count, target: null };
  const tracking = policy.inputs.targetTrackingScalingPolicyConfiguration;
  const value = number(at(tracking, "targetValue")) ?? 0;
  const metric = at(tracking, "predefinedMetricSpecification", "predefinedMetricType");
  return {
    minimum: number(range.inputs.minCapacity) ?? 0,
    maximum: number(range.inputs.maxCapacity) ?? 0,
    target:
      metric === "ECSServiceAverageCPUUtilization"
        ? { metric: "cpu", percent: value }
        : { metric: "requests", perMinute: value },
  };
}

/** Percentages of the wanted number, rounded as ECS does: the maximum down, the minimum up. */
function readRollout(own: unknown, service: Rendered, task: Rendered, wanted: Span): Observed["placement"]["rollout"] {
  const percent = (key: string) => number(service.inputs[key]) ?? Number.NaN;
  const most = (count: number) => Math.floor((count * percent("deploymentMaximumPercent")) / 100) - count;
  const fewest = (count: number) => count - Math.ceil((count * percent("deploymentMinimumHealthyPercent")) / 100);
  const spanOf = (of: (count: number) => number): Span => ({
    atMinimum: of(wanted.atMinimum),
    atMaximum: of(wanted.atMaximum),
  });
  const breaker = service.inputs.deploymentCircuitBreaker;
  const seesFailure =
    service.inputs.waitForSteadyState === true && at(service.inputs.deploymentController, "type") === "ECS";
  const wait = service.options.updateTimeout;
  return {
    surge: spanOf(most),
    unavailable: spanOf(fewest),
    rollbackOnFailure: seesFailure && at(breaker, "enable") === true && at(breaker, "rollback") === true,
    progressDeadline: seesFailure && wait !== undefined ? { seconds: secondsOf(wait), ends: "wait" } : null,
    revisionsKept: task.inputs.skipDestroy === true ? "all" : null,
    stopGracePeriod: number(at(own, "stopTimeout")) ?? Number.NaN,
  };
}

/** Hosts that are always there, and those at the highest load. */
function hostCounts(resources: readonly Rendered[]): Span {
  const sum = (key: string) =>
    ofType(resources, "autoscaling/group:Group").reduce((count, { inputs }) => count + (number(inputs[key]) ?? 0), 0);
  return { atMinimum: sum("minSize"), atMaximum: sum("maxSize") };
}
