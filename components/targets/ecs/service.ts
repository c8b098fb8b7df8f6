import { type RollingRollout, replicasOf, timeToReady, type WorkloadSpec } from "../../workload/index.ts";
import { releaseAlarms } from "./alarms.ts";
import type { Names } from "./names.ts";
import type { EcsSection } from "./section.ts";

/** What of an ECS service follows from the workload alone; known at preview, so that policies judge it. */
export interface ServiceSettings {
  readonly schedulingStrategy: "REPLICA" | "DAEMON";
  readonly desiredCount?: number;
  readonly deploymentController: { readonly type: "ECS" };
  readonly deploymentCircuitBreaker: { readonly enable: true; readonly rollback: boolean };
  readonly deploymentMinimumHealthyPercent: number;
  readonly deploymentMaximumPercent: number;
  readonly availabilityZoneRebalancing: "ENABLED" | "DISABLED";
  readonly launchType?: "EC2";
  readonly capacityProviderStrategies?: { capacityProvider: string; weight: number; base: number }[];
  readonly orderedPlacementStrategies?: { type: string; field: string }[];
}

/** How ECS schedules and replaces a workload. */
export function serviceSettings(
  spec: WorkloadSpec,
  names: Names,
  { hosts }: Pick<EcsSection, "hosts">,
): ServiceSettings {
  const common = {
    // Said although it is the default: without it some provider versions report a rolled back update as success
    // (pulumi-aws#4487).
    deploymentController: { type: "ECS" },
    deploymentCircuitBreaker: { enable: true, rollback: spec.placement.rollout.rollbackOnFailure },
  } as const;
  switch (spec.placement.kind) {
    case "stateless":
      return {
        ...common,
        schedulingStrategy: "REPLICA",
        desiredCount: replicasOf(spec),
        ...rollingPercents(replicasOf(spec), spec.placement.rollout),
        availabilityZoneRebalancing: "ENABLED",
        capacityProviderStrategies: on(names.hosts),
        orderedPlacementStrategies: [
          { type: "spread", field: "attribute:ecs.availability-zone" },
          { type: "spread", field: "instanceId" },
        ],
      };
    case "stateful":
      return {
        ...common,
        schedulingStrategy: "REPLICA",
        desiredCount: replicasOf(spec),
        deploymentMinimumHealthyPercent: 0,
        deploymentMaximumPercent: 100,
        availabilityZoneRebalancing: "DISABLED",
        capacityProviderStrategies: on(names.monitoringHost),
      };
    case "per-host":
      return {
        ...common,
        schedulingStrategy: "DAEMON",
        launchType: "EC2",
        deploymentMinimumHealthyPercent: leastPercent(hosts.minimum + 1, spec.placement.rollout.unavailable),
        deploymentMaximumPercent: 100,
        availabilityZoneRebalancing: "DISABLED",
      };
  }
}

/** Beside the circuit breaker, which sees only tasks that end: alarms see what the new ones answer. */
export const alarmSettings = (spec: WorkloadSpec, { prefix }: Pick<Names, "prefix">) => ({
  enable: true,
  rollback: spec.placement.rollout.rollbackOnFailure,
  alarmNames: releaseAlarms.map((name) => `${prefix}-${name}`),
});

const on = (capacityProvider: string) => [{ capacityProvider, weight: 1, base: 0 }];

/**
 * ECS rounds the maximum down and the minimum up to whole tasks ("Amazon ECS service definition parameters"), so the
 * percentages are rounded the other way: at `replicas` the counts are exact.
 */
export function rollingPercents(
  replicas: number,
  { surge, unavailable }: Pick<RollingRollout, "surge" | "unavailable">,
) {
  return {
    deploymentMinimumHealthyPercent: leastPercent(replicas, unavailable),
    deploymentMaximumPercent: Math.ceil((100 * (replicas + surge)) / replicas),
  };
}

const leastPercent = (wanted: number, unavailable: number): number =>
  Math.floor((100 * Math.max(0, wanted - unavailable)) / wanted);

/** Seconds after a task's start in which the load balancer's verdict does not count. */
export const gracePeriod = ({ probes }: WorkloadSpec): number => timeToReady(probes).seconds;

/** `cpu`: percent of the reservation; `requests`: a minute and task, as the load balancer counts. */
export function scalingMetric(target: { metric: "cpu"; percent: number } | { metric: "requests"; perSecond: number }) {
  return target.metric === "cpu"
    ? { predefinedMetricType: "ECSServiceAverageCPUUtilization", targetValue: target.percent }
    : { predefinedMetricType: "ALBRequestCountPerTarget", targetValue: target.perSecond * 60 };
}
