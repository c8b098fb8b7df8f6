import type { Example } from "./policy.ts";
import type { Properties } from "./values.ts";

type ExampleResource = Example["bad"][number];

const deployment = (replicas: number, podSpec: Properties = {}): ExampleResource => ({
  type: "kubernetes:apps/v1:Deployment",
  name: "api",
  properties: {
    metadata: { name: "api" },
    spec: { replicas, template: { spec: { containers: [{ name: "api" }], ...podSpec } } },
  },
});

const SPREAD = {
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
  ],
};

const service = (desiredCount: number, subnets: readonly string[]): ExampleResource => ({
  type: "aws:ecs/service:Service",
  name: "api",
  properties: { desiredCount, networkConfiguration: { subnets } },
});

const scaling = (minCapacity: number): ExampleResource => ({
  type: "aws:appautoscaling/target:Target",
  name: "api",
  properties: {
    serviceNamespace: "ecs",
    scalableDimension: "ecs:service:DesiredCount",
    resourceId: "service/shop/api",
    minCapacity,
    maxCapacity: 10,
  },
});

export const REQUIRE_REPLICAS_EXAMPLES: readonly Example[] = [
  { title: "Kubernetes: one of it", bad: [deployment(1)], good: [deployment(2, SPREAD)] },
  {
    title: "ECS: two, in one zone",
    bad: [service(2, ["subnet-a"])],
    good: [service(2, ["subnet-a", "subnet-b"])],
  },
  { title: "ECS: scaled down to one at night", bad: [scaling(1)], good: [scaling(2)] },
];
