import { at, list, number } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import { secondsOf } from "../health-command.ts";
import { always, fixed, type Observed } from "../observed.ts";
import { ofKind } from "./objects.ts";

/** How often the pod runs, what scales it, and how it is replaced. */
export const readPlacement = (
  controller: Rendered,
  pod: unknown,
  container: unknown,
  resources: readonly Rendered[],
): Observed["placement"] => ({
  kind: controller.type.endsWith(":DaemonSet") ? "per-host" : "replicas",
  scaling: readScaling(controller, ofKind(resources, "HorizontalPodAutoscaler")),
  rollout: readRollout(controller, pod, container),
});

function readScaling(controller: Rendered, autoscalers: readonly Rendered[]): Observed["placement"]["scaling"] {
  const autoscaler = autoscalers.find(
    ({ inputs }) =>
      at(inputs.spec, "scaleTargetRef", "name") === at(controller.inputs.metadata, "name") &&
      at(inputs.spec, "scaleTargetRef", "kind") === controller.type.split(":").at(-1),
  );
  const replicas = at(controller.inputs.spec, "replicas");
  if (autoscaler === undefined) return fixed(number(replicas) ?? 1);
  const [metric] = list(at(autoscaler.inputs.spec, "metrics"));
  return {
    minimum: number(at(autoscaler.inputs.spec, "minReplicas")) ?? 1,
    // A number in the controller as well would be set back by every update.
    maximum: replicas === undefined ? (number(at(autoscaler.inputs.spec, "maxReplicas")) ?? 0) : Number.NaN,
    target: { metric: "cpu", percent: number(at(metric, "resource", "target", "averageUtilization")) ?? 0 },
  };
}

function readRollout(controller: Rendered, pod: unknown, container: unknown): Observed["placement"]["rollout"] {
  const { spec } = controller.inputs;
  const rolling = at(spec, "strategy", "rollingUpdate") ?? at(spec, "updateStrategy", "rollingUpdate");
  const drain = number(at(container, "lifecycle", "preStop", "sleep", "seconds")) ?? 0;
  return {
    // A StatefulSet replaces one pod after the other, the old one first.
    surge: always(number(at(rolling, "maxSurge")) ?? 0),
    unavailable: always(number(at(rolling, "maxUnavailable")) ?? 1),
    rollbackOnFailure: false,
    progressDeadline: readDeadline(controller),
    revisionsKept: number(at(spec, "revisionHistoryLimit")) ?? null,
    stopGracePeriod: (number(at(pod, "terminationGracePeriodSeconds")) ?? 30) - drain,
  };
}

/** A Deployment itself gives up; Pulumi must not do so before. */
function readDeadline({ type, inputs, options }: Rendered): Observed["placement"]["rollout"]["progressDeadline"] {
  const wait = secondsOf(options.updateTimeout ?? "");
  if (!type.endsWith(":Deployment")) return { seconds: wait, ends: "wait" };
  const seconds = number(at(inputs.spec, "progressDeadlineSeconds")) ?? 600;
  return wait < seconds ? { seconds: wait, ends: "wait" } : { seconds, ends: "rollout" };
}
