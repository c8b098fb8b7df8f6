import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExampleResource } from "./policy.ts";
import { requireRollback } from "./require-rollback.ts";
import { found, verdictOn } from "./testing.ts";
import { type Properties, UNKNOWN } from "./values.ts";

const resource =
  (type: string) =>
  (properties: Properties): ExampleResource => ({ type, name: "it", properties });

describe("ecs service", () => {
  const type = "aws:ecs/service:Service";
  const service = resource(type);
  const on = { enable: true, rollback: true };

  test.each<[string, Properties, number]>([
    ["none", {}, 1],
    ["an empty one", { deploymentCircuitBreaker: {} }, 2],
    ["without rollback", { deploymentCircuitBreaker: { enable: true, rollback: false } }, 1],
    ["not enabled", { deploymentCircuitBreaker: { enable: false, rollback: true } }, 1],
    ["complete", { deploymentCircuitBreaker: on }, 0],
    ["complete, with the controller named", { deploymentController: { type: "ECS" }, deploymentCircuitBreaker: on }, 0],
    ["none, with the controller named", { deploymentController: { type: "ECS" } }, 1],
    ["none, rolling by name", { deploymentConfiguration: { strategy: "ROLLING" } }, 1],
  ])("circuit breaker: %s", (_, properties, count) => {
    expect(found(requireRollback, service(properties))).toHaveLength(count);
  });

  test.each<[string, Properties]>([
    ["CODE_DEPLOY", { deploymentController: { type: "CODE_DEPLOY" } }],
    ["EXTERNAL", { deploymentController: { type: "EXTERNAL" } }],
    ["BLUE_GREEN", { deploymentConfiguration: { strategy: "BLUE_GREEN" } }],
  ])("%s is not applicable, by its name", (name, properties) => {
    const verdict = verdictOn(requireRollback, { type, properties });
    expect(verdict).toEqual({ kind: "not-applicable", reason: expect.stringContaining(name) });
  });

  test("unknown values are named, and matter only where something is missing", () => {
    expect(found(requireRollback, service({ deploymentCircuitBreaker: UNKNOWN }))).toEqual([
      "it? deploymentCircuitBreaker",
    ]);
    expect(found(requireRollback, service({ deploymentCircuitBreaker: { enable: true, rollback: UNKNOWN } }))).toEqual([
      "it? deploymentCircuitBreaker.rollback",
    ]);
    expect(found(requireRollback, service({ deploymentController: UNKNOWN }))).toEqual(["it? deploymentController"]);
    expect(found(requireRollback, service({ deploymentController: UNKNOWN, deploymentCircuitBreaker: on }))).toEqual(
      [],
    );
  });

  test("law: it passes if and only if both are true", () => {
    const value = fc.constantFrom(true, false, null, "true", 1);
    fc.assert(
      fc.property(value, value, (enable, rollback) => {
        const findings = found(requireRollback, service({ deploymentCircuitBreaker: { enable, rollback } }));
        expect(findings.length === 0).toBe(enable === true && rollback === true);
      }),
    );
  });
});

describe("kubernetes", () => {
  const deployment = resource("kubernetes:apps/v1:Deployment");

  test.each<[string, Properties, readonly string[]]>([
    ["both stated", { revisionHistoryLimit: 1, progressDeadlineSeconds: 300 }, []],
    ["Kubernetes' own history of 10", { progressDeadlineSeconds: 300 }, []],
    ["no history", { revisionHistoryLimit: 0, progressDeadlineSeconds: 300 }, ["spec.revisionHistoryLimit"]],
    ["no deadline", { revisionHistoryLimit: 10 }, ["spec.progressDeadlineSeconds"]],
    ["a deadline of 0", { progressDeadlineSeconds: 0 }, ["spec.progressDeadlineSeconds"]],
  ])("deployment: %s", (_, spec, properties) => {
    const paths = found(requireRollback, deployment({ spec })).map((line) => line.split(": ")[1]);
    expect(paths).toEqual(properties);
  });

  test("a StatefulSet and a DaemonSet have a history, and no deadline", () => {
    for (const kind of ["StatefulSet", "DaemonSet"]) {
      const workload = resource(`kubernetes:apps/v1:${kind}`);
      expect(found(requireRollback, workload({ spec: {} }))).toEqual([]);
      expect(found(requireRollback, workload({ spec: { revisionHistoryLimit: 0 } }))).toHaveLength(1);
    }
  });

  test("a pod and a ReplicaSet roll nothing out", () => {
    for (const type of ["kubernetes:core/v1:Pod", "kubernetes:apps/v1:ReplicaSet"]) {
      expect(verdictOn(requireRollback, { type, properties: {} })).toBeUndefined();
    }
  });

  test("unknown values are named", () => {
    const spec = { revisionHistoryLimit: UNKNOWN, progressDeadlineSeconds: UNKNOWN } as const;
    expect(found(requireRollback, deployment({ spec }))).toEqual([
      "it? spec.revisionHistoryLimit",
      "it? spec.progressDeadlineSeconds",
    ]);
  });
});

describe("docker container", () => {
  const type = "docker:index/container:Container";
  const safe: Properties = { wait: true, waitTimeout: 60, restart: "unless-stopped" };
  const container = (change: Properties, deleteBeforeReplace?: boolean): ExampleResource => ({
    type,
    name: "it",
    properties: { ...safe, ...change },
    ...(deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace }),
  });

  test.each<[string, Properties]>([
    ["wait", { wait: false }],
    ["waitTimeout", { waitTimeout: null }],
    ["waitTimeout", { waitTimeout: 0 }],
    ["restart", { restart: null }],
    ["restart", { restart: "no" }],
  ])("%s is missed", (property, change) => {
    expect(found(requireRollback, container(change))).toEqual([
      expect.stringMatching(new RegExp(`^it: ${property}: `)),
    ]);
  });

  test("the order is judged only where it is stated and both can run", () => {
    expect(found(requireRollback, container({}))).toEqual([]);
    expect(found(requireRollback, container({}, false))).toEqual([]);
    expect(found(requireRollback, container({}, true))).toHaveLength(1);
    expect(found(requireRollback, container({ ports: [{ internal: 80 }] }, true))).toHaveLength(1);
    expect(
      found(requireRollback, container({ volumes: [{ containerPath: "/c", readOnly: true }] }, true)),
    ).toHaveLength(1);
  });

  test.each<[string, Properties]>([
    ["a host port", { ports: [{ internal: 80, external: 8080 }] }],
    ["a volume", { volumes: [{ volumeName: "data", containerPath: "/data" }] }],
    ["a mount", { mounts: [{ type: "volume", target: "/data" }] }],
    ["the host's network", { networkMode: "host" }],
  ])("the owner of %s stops first", (_, change) => {
    expect(found(requireRollback, container(change, true))).toEqual([]);
  });

  test("unknown values are named", () => {
    expect(found(requireRollback, container({ wait: UNKNOWN }))).toEqual(["it? wait"]);
    expect(found(requireRollback, container({ ports: [{ external: UNKNOWN }] }, true))).toEqual([
      "it? ports[0].external",
    ]);
    const mayEnd = container({ mustRun: false, restart: UNKNOWN, wait: false });
    expect(found(requireRollback, mayEnd)).toEqual(["it? restart"]);
  });

  test("a one-shot is not applicable", () => {
    expect(verdictOn(requireRollback, { type, properties: { mustRun: false } })).toMatchObject({
      kind: "not-applicable",
    });
  });
});

test("a swarm service goes back when an update fails", () => {
  const service = resource("docker:index/service:Service");
  expect(found(requireRollback, service({ updateConfig: { failureAction: "rollback" } }))).toEqual([]);
  expect(found(requireRollback, service({ updateConfig: { failureAction: "pause" } }))).toHaveLength(1);
  expect(found(requireRollback, service({}))).toHaveLength(1);
  expect(found(requireRollback, service({ updateConfig: UNKNOWN }))).toEqual(["it? updateConfig"]);
});

test("a workload of our own is taken back and keeps what it goes back to", () => {
  const workload = (rollout: Properties): ExampleResource =>
    resource("trading-platform:workload:Workload")({ placement: { rollout } });
  expect(found(requireRollback, workload({ rollbackOnFailure: true, revisionsKept: 1 }))).toEqual([]);
  expect(found(requireRollback, workload({ rollbackOnFailure: false, revisionsKept: 0 }))).toHaveLength(2);
});
