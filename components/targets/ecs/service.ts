import {
  type Duration,
  maximumReplicas,
  minimumReplicas,
  type RollingRollout,
  replicasOf,
  seconds,
  timeToReady,
  type WorkloadSpec,
} from "../../workload/index.ts";
import { bakeSeconds, releaseAlarms } from "./alarms.ts";
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

/**
 * How long an update waits for the service: the deadline for each round in which tasks are replaced (Kubernetes counts it anew
 * with each that got ready, too), and the time in which ECS goes on watching alarms. The provider waits for the end of both.
 */
export function updatePatience(
  { placement }: Pick<WorkloadSpec, "placement">,
  { hosts }: Pick<EcsSection, "hosts">,
  isWatched: boolean,
): Duration {
  const bake = isWatched ? bakeSeconds : 0;
  return seconds(mostRounds(placement, hosts) * placement.rollout.progressDeadline.seconds + bake);
}

/** The most rounds that an update of any number of tasks takes, from the fewest to the most that there may be. */
function mostRounds(placement: WorkloadSpec["placement"], hosts: EcsSection["hosts"]): number {
  switch (placement.kind) {
    case "stateful":
      return 1;
    case "per-host": {
      const healthy = leastPercent(hosts.minimum + 1, placement.rollout.unavailable);
      return roundsWithin(hosts.minimum + 1, hosts.maximum + 1, { healthy, most: 100 });
    }
    case "stateless": {
      const fewest = minimumReplicas(placement.scaling);
      const percents = rollingPercents(fewest, placement.rollout);
      return roundsWithin(fewest, maximumReplicas(placement.scaling), {
        healthy: percents.deploymentMinimumHealthyPercent,
        most: percents.deploymentMaximumPercent,
      });
    }
  }
}

const roundsWithin = (fewest: number, most: number, percent: { healthy: number; most: number }): number =>
  Math.max(
    ...Array.from({ length: most - fewest + 1 }, (_, more) => {
      const count = fewest + more;
      const atOnce = Math.floor((count * percent.most) / 100) - Math.ceil((count * percent.healthy) / 100);
      return Math.ceil(count / Math.max(1, atOnce));
    }),
  );

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
