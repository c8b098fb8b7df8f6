import { describe, expect, test } from "vitest";
import type { ExampleResource } from "./policy.ts";
import { requireReplicas } from "./require-replicas.ts";
import { found, foundIn, verdictOn } from "./testing.ts";
import { type Properties, UNKNOWN } from "./values.ts";

describe("kubernetes", () => {
  const spread = { topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone" }] };
  const deployment = (
    spec: Properties,
    podSpec: Properties = spread,
    annotations: Properties = {},
  ): ExampleResource => ({
    type: "kubernetes:apps/v1:Deployment",
    name: "api",
    properties: { metadata: { name: "api", annotations }, spec: { ...spec, template: { spec: podSpec } } },
  });
  const autoscaler = (minReplicas: number | null): ExampleResource => ({
    type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    name: "hpa",
    properties: { spec: { minReplicas, scaleTargetRef: { kind: "Deployment", name: "api" } } },
  });
  const claim = { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] };

  test.each<[string, readonly ExampleResource[], number]>([
    ["one", [deployment({ replicas: 1 })], 1],
    ["Kubernetes' own one", [deployment({})], 1],
    ["two", [deployment({ replicas: 2 })], 0],
    ["none", [deployment({ replicas: 0 })], 0],
    ["two that nothing spreads", [deployment({ replicas: 2 }, {})], 1],
    ["two that avoid each other", [deployment({ replicas: 2 }, { affinity: { podAntiAffinity: {} } })], 0],
    ["an autoscaler's two", [deployment({}), autoscaler(2)], 0],
    ["an autoscaler's one", [deployment({ replicas: 5 }), autoscaler(1)], 1],
    ["an autoscaler that does not say", [deployment({}), autoscaler(null)], 1],
    ["the owner of a claim", [deployment({ replicas: 1 }, claim)], 0],
  ])("%s", (_, program, count) => {
    expect(found(requireReplicas, ...program)).toHaveLength(count);
    expect(foundIn("staging", requireReplicas, ...program)).toEqual([]);
  });

  test("a reason is accepted, and said", () => {
    const reason = { "example.com/single-replica-reason": "two would count twice" };
    expect(found(requireReplicas, deployment({ replicas: 1 }, spread, reason))).toEqual(["api! two would count twice"]);
  });

  test("unknown values are named", () => {
    expect(found(requireReplicas, deployment({ replicas: UNKNOWN }))).toEqual(["api? spec.replicas"]);
    expect(found(requireReplicas, deployment({ replicas: 2 }, { topologySpreadConstraints: UNKNOWN }))).toEqual([
      "api? spec.template.spec.topologySpreadConstraints",
    ]);
  });
});

describe("ecs", () => {
  const type = "aws:ecs/service:Service";
  const service = (properties: Properties): ExampleResource => ({
    type,
    name: "s",
    properties: { networkConfiguration: { subnets: ["a", "b"] }, ...properties },
  });
  const byZone = { orderedPlacementStrategies: [{ type: "spread", field: "attribute:ecs.availability-zone" }] };

  test.each<[string, Properties, readonly string[]]>([
    ["one", { desiredCount: 1 }, [expect.stringContaining("one instance where 2")]],
    ["two", { desiredCount: 2 }, []],
    [
      "two in one subnet",
      { desiredCount: 2, networkConfiguration: { subnets: ["a"] } },
      [expect.stringContaining("in one zone")],
    ],
    ["two on EC2, by zone", { desiredCount: 2, networkConfiguration: null, ...byZone }, []],
    ["one with a reason", { desiredCount: 1, tags: { "single-replica-reason": "counts" } }, ["s! counts"]],
    ["unknown", { desiredCount: UNKNOWN }, ["s? desiredCount"]],
  ])("%s", (_, properties, findings) => {
    expect(found(requireReplicas, service(properties))).toEqual(findings);
  });

  test.each<[string, Properties]>([
    ["a daemon", { schedulingStrategy: "DAEMON" }],
    ["a single writer", { desiredCount: 1, deploymentMaximumPercent: 100 }],
    ["a number that another resource holds", {}],
  ])("%s is not applicable", (_, properties) => {
    expect(verdictOn(requireReplicas, { type, properties })).toMatchObject({ kind: "not-applicable" });
  });
});

describe("what scales a service on ECS", () => {
  const scaling = (change: Properties): ExampleResource => ({
    type: "aws:appautoscaling/target:Target",
    name: "api",
    properties: { scalableDimension: "ecs:service:DesiredCount", minCapacity: 1, ...change },
  });

  test.each<[string, Properties, readonly string[]]>([
    ["one", {}, [expect.stringMatching(/^api: minCapacity: one instance where 2 are the least/)]],
    ["enough", { minCapacity: 2 }, []],
    ["none at all, until there is work", { minCapacity: 0 }, []],
    ["a reason", { tags: { "acme/single-replica-reason": "one queue, one reader" } }, ["api! one queue, one reader"]],
    ["a table's reads", { scalableDimension: "dynamodb:table:ReadCapacityUnits" }, []],
    ["unknown", { minCapacity: UNKNOWN }, ["api? minCapacity"]],
  ])("%s", (_, change, findings) => {
    expect(found(requireReplicas, scaling(change))).toEqual(findings);
    expect(foundIn("staging", requireReplicas, scaling(change))).toEqual([]);
  });
});
