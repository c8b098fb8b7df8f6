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
  const service = (properties: Properties): ExampleResource =>
    resource(type)({ waitForSteadyState: true, ...properties });
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
  const order = "start-first";
  expect(found(requireRollback, service({ updateConfig: { order, failureAction: "rollback" } }))).toEqual([]);
  expect(found(requireRollback, service({ updateConfig: { order, failureAction: "pause" } }))).toHaveLength(1);
  expect(found(requireRollback, service({}))).toHaveLength(2);
  expect(found(requireRollback, service({ updateConfig: UNKNOWN }))).toEqual(["it? updateConfig"]);
});

test("a workload of our own is taken back and keeps what it goes back to", () => {
  const workload = (rollout: Properties): ExampleResource =>
    resource("trading-platform:workload:Workload")({ placement: { rollout } });
  expect(found(requireRollback, workload({ rollbackOnFailure: true, revisionsKept: 1 }))).toEqual([]);
  expect(found(requireRollback, workload({ rollbackOnFailure: false, revisionsKept: 0 }))).toHaveLength(2);
});

describe("in depth: ecs service", () => {
  const on = { enable: true, rollback: true };
  const service = (properties: Properties): ExampleResource =>
    resource("aws:ecs/service:Service")({ deploymentCircuitBreaker: on, waitForSteadyState: true, ...properties });
  const percent = (
    desiredCount: number | null,
    minimum: number,
    maximum: number,
    more: Properties = {},
  ): Properties => ({
    desiredCount,
    deploymentMinimumHealthyPercent: minimum,
    deploymentMaximumPercent: maximum,
    ...more,
  });

  test.each<[string, Properties, RegExp | undefined]>([
    ["one task at 100/100", percent(1, 100, 100), /1 tasks at 100\/100 %: none may go/],
    ["one task at 100/150, rounded down", percent(1, 100, 150), /never deploys/],
    ["three tasks at 67/133, rounded", percent(3, 67, 133), /never deploys/],
    ["100/100 where nobody says how many", percent(null, 100, 100), /never deploys/],
    ["all of three at once", percent(3, 0, 100), /lets all 3 tasks go at once/],
    ["a daemon at 100", { schedulingStrategy: "DAEMON", deploymentMinimumHealthyPercent: 100 }, /one task a host/],
    ["a single writer at 0/100", percent(1, 0, 100), undefined],
    ["three tasks at 100/134", percent(3, 100, 134), undefined],
    ["one task at ECS' defaults", { desiredCount: 1 }, undefined],
    ["none wanted", percent(0, 100, 100), undefined],
    ["a daemon at 75", percent(null, 75, 100, { schedulingStrategy: "DAEMON" }), undefined],
    ["nobody waits", { waitForSteadyState: false }, /waitForSteadyState is not true/],
    ["alarms that only stop", { alarms: { enable: true, rollback: false, alarmNames: ["a"] } }, /alarms.rollback/],
    ["alarms that are off", { alarms: { enable: false, rollback: true, alarmNames: ["a"] } }, /alarms.enable/],
    ["alarms without a name", { alarms: { enable: true, rollback: true, alarmNames: [] } }, /alarmNames is empty/],
  ])("%s", (_, properties, problem) => {
    expect(found(requireRollback, service(properties))).toEqual(
      problem === undefined ? [] : [expect.stringMatching(problem)],
    );
  });

  test("law: a count that is never deployed has neither room for one more nor one to spare", () => {
    const part = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), part, part, (count, minimum, extra) => {
        const findings = found(requireRollback, service(percent(count, Math.min(minimum, 100), 100 + extra)));
        const canStart = Math.floor((count * (100 + extra)) / 100) > count;
        const canStop = Math.ceil((count * Math.min(minimum, 100)) / 100) < count;
        expect(findings.some((line) => line.includes("never deploys"))).toBe(!canStart && !canStop);
      }),
    );
  });

  const alarms = { enable: true, rollback: true, alarmNames: ["errors"] };
  const shifting = (strategy: string, more: Properties, other: Properties = { alarms }): ExampleResource =>
    service({ deploymentCircuitBreaker: null, deploymentConfiguration: { strategy, ...more }, ...other });
  const bakeTimeInMinutes = "10";

  test.each<[string, ExampleResource, readonly RegExp[]]>([
    ["blue/green with alarms", shifting("BLUE_GREEN", { bakeTimeInMinutes }), []],
    ["blue/green with a hook", shifting("BLUE_GREEN", { bakeTimeInMinutes, lifecycleHooks: [{}] }, {}), []],
    [
      "blue/green with nothing",
      shifting("BLUE_GREEN", { bakeTimeInMinutes }, {}),
      [/neither alarms nor lifecycleHooks/],
    ],
    ["blue/green that does not bake", shifting("BLUE_GREEN", { bakeTimeInMinutes: "0" }), [/leaves no time/]],
    [
      "canary",
      shifting("CANARY", {
        bakeTimeInMinutes,
        canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: "5" },
      }),
      [],
    ],
    [
      "canary of everything",
      shifting("CANARY", { bakeTimeInMinutes, canaryConfiguration: { canaryPercent: 100 } }),
      [/no time/, /first step/],
    ],
    ["linear without steps", shifting("LINEAR", { bakeTimeInMinutes }), [/leaves no time/]],
    [
      "rolling by an unknown strategy",
      service({ deploymentCircuitBreaker: null, deploymentConfiguration: UNKNOWN }),
      [/^it\? /],
    ],
  ])("strategy: %s", (_, program, problems) => {
    expect(found(requireRollback, program)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });

  test("CODE_DEPLOY goes back by its deployment group", () => {
    const group = (rollback: Properties): ExampleResource =>
      resource("aws:codedeploy/deploymentGroup:DeploymentGroup")({
        ecsService: { clusterName: "c", serviceName: "s" },
        autoRollbackConfiguration: rollback,
      });
    expect(found(requireRollback, group({ enabled: true, events: ["DEPLOYMENT_FAILURE"] }))).toEqual([]);
    expect(found(requireRollback, group({ enabled: true, events: ["DEPLOYMENT_STOP_ON_ALARM"] }))).toHaveLength(1);
    expect(found(requireRollback, group({}))).toHaveLength(2);
    const other = { type: "aws:codedeploy/deploymentGroup:DeploymentGroup", properties: {} };
    expect(verdictOn(requireRollback, other)).toMatchObject({ kind: "not-applicable" });
  });
});

describe("in depth: kubernetes", () => {
  const slow = { startupProbe: { httpGet: { port: 1 }, periodSeconds: 10, failureThreshold: 30 } };
  const deployment = (spec: Properties, podSpec: Properties = {}, container: Properties = {}): ExampleResource =>
    resource("kubernetes:apps/v1:Deployment")({
      spec: {
        progressDeadlineSeconds: 300,
        ...spec,
        template: { spec: { containers: [{ name: "api", ...container }], ...podSpec } },
      },
    });
  const claim = { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] };
  const unavailable = (maxUnavailable: string | number, replicas: number | null): Properties => ({
    replicas,
    strategy: { rollingUpdate: { maxUnavailable } },
  });

  test.each<[string, ExampleResource, RegExp | undefined]>([
    ["a deadline that ends before the start may", deployment({}, {}, slow), /\(300 s\) is over before .* \(300 s\)/],
    ["a deadline of a slow start", deployment({ progressDeadlineSeconds: 301 }, {}, slow), undefined],
    ["a deadline that minReadySeconds takes up", deployment({ minReadySeconds: 300 }), /is over before/],
    [
      "a sidecar's start counts before the others'",
      deployment({}, { initContainers: [{ name: "proxy", restartPolicy: "Always", ...slow }] }),
      /is over before/,
    ],
    ["Recreate of what owns nothing", deployment({ strategy: { type: "Recreate" } }), /stops every pod before/],
    ["Recreate of the owner of a claim", deployment({ strategy: { type: "Recreate" } }, claim), undefined],
    [
      "Recreate of the owner of a host port",
      deployment({ strategy: { type: "Recreate" } }, {}, { ports: [{ hostPort: 80 }] }),
      undefined,
    ],
    ["everything at once", deployment(unavailable("100%", null)), /lets all pods go/],
    ["the only one", deployment(unavailable(1, 1)), /lets the only pod go/],
    ["one of two", deployment(unavailable(1, 2)), undefined],
    ["a quarter of two, rounded down", deployment(unavailable("25%", 2)), undefined],
    [
      "none may come, so the only one goes",
      deployment({ replicas: 1, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: "25%" } } }),
      /25% lets the only pod go/,
    ],
    [
      "none may come, and one of two goes",
      deployment({ replicas: 2, strategy: { rollingUpdate: { maxSurge: "0%" } } }),
      undefined,
    ],
    ["a strategy that is not known", deployment({ strategy: { type: UNKNOWN } }), /^it\? spec.strategy.type/],
    [
      "a part that is not known",
      deployment({ strategy: { rollingUpdate: UNKNOWN } }),
      /^it\? spec.strategy.rollingUpdate/,
    ],
  ])("%s", (_, program, problem) => {
    expect(found(requireRollback, program)).toEqual(problem === undefined ? [] : [expect.stringMatching(problem)]);
  });

  test("a StatefulSet and a DaemonSet roll by themselves", () => {
    const daemon = (updateStrategy: Properties): ExampleResource =>
      resource("kubernetes:apps/v1:DaemonSet")({ spec: { updateStrategy } });
    expect(found(requireRollback, daemon({ type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } }))).toEqual([]);
    expect(found(requireRollback, daemon({ type: "OnDelete" }))).toHaveLength(1);
    expect(found(requireRollback, daemon({ rollingUpdate: { maxUnavailable: "100%" } }))).toHaveLength(1);
  });

  describe("a disruption budget", () => {
    const budget = (spec: Properties): ExampleResource => ({
      type: "kubernetes:policy/v1:PodDisruptionBudget",
      name: "budget",
      properties: { metadata: { namespace: "shop" }, spec: { selector: { matchLabels: { app: "api" } }, ...spec } },
    });
    const workload = (
      replicas: number | null | typeof UNKNOWN,
      labels: Properties = { app: "api", tier: "web" },
    ): ExampleResource => ({
      type: "kubernetes:apps/v1:StatefulSet",
      name: "api",
      properties: {
        metadata: { namespace: "shop", name: "api" },
        spec: { replicas, template: { metadata: { labels } } },
      },
    });
    const autoscaler = (minReplicas: number): ExampleResource => ({
      type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
      name: "hpa",
      properties: {
        metadata: { namespace: "shop" },
        spec: { minReplicas, scaleTargetRef: { kind: "StatefulSet", name: "api" } },
      },
    });

    test.each<[string, readonly ExampleResource[], number]>([
      ["maxUnavailable 0", [budget({ maxUnavailable: 0 })], 1],
      ["maxUnavailable 0%", [budget({ maxUnavailable: "0%" })], 1],
      ["minAvailable 100%", [budget({ minAvailable: "100%" }), workload(3)], 1],
      ["maxUnavailable 1", [budget({ maxUnavailable: 1 }), workload(1)], 0],
      ["one of one", [budget({ minAvailable: 1 }), workload(1)], 1],
      ["one of Kubernetes' default, one", [budget({ minAvailable: 1 }), workload(null)], 1],
      ["half of one, rounded up", [budget({ minAvailable: "50%" }), workload(1)], 1],
      ["one of two", [budget({ minAvailable: 1 }), workload(2)], 0],
      ["one of an autoscaler's two", [budget({ minAvailable: 1 }), workload(null), autoscaler(2)], 0],
      ["two of an autoscaler's two", [budget({ minAvailable: 2 }), workload(5), autoscaler(2)], 1],
      ["another workload's", [budget({ minAvailable: 1 }), workload(1, { app: "web" })], 0],
    ])("%s", (_, program, count) => {
      expect(found(requireRollback, ...program).filter((line) => line.startsWith("budget"))).toHaveLength(count);
    });

    test("unknown values are named", () => {
      expect(found(requireRollback, budget({ maxUnavailable: UNKNOWN }))).toEqual(["budget? spec.maxUnavailable"]);
      expect(found(requireRollback, budget({ minAvailable: 1 }), workload(UNKNOWN))).toContain("budget? spec.replicas");
    });
  });
});

describe("in depth: docker", () => {
  const container = (change: Properties): ExampleResource => ({
    type: "docker:index/container:Container",
    name: "api",
    properties: { wait: true, waitTimeout: 60, restart: "unless-stopped", ...change },
  });

  test.each<[string, Properties, RegExp | undefined]>([
    [
      "a wait that ends before the start may",
      { healthcheck: { startPeriod: "1m", interval: "10s" } },
      /\(60 s\) is over before/,
    ],
    ["a wait that is shorter than one check", { waitTimeout: 20 }, /\(20 s\) is over .* \(30 s\)/],
    ["a fixed name", { name: "api" }, /a fixed name/],
    ["a fixed name of who stops first", { name: "api", ports: [{ external: 80 }] }, undefined],
    ["a name that the provider gave", { name: "api-0a1b2c3" }, undefined],
  ])("%s", (_, change, problem) => {
    expect(found(requireRollback, container(change))).toEqual(
      problem === undefined ? [] : [expect.stringMatching(problem)],
    );
  });

  test("a swarm update leaves a task running", () => {
    const service = (updateConfig: Properties, replicas: number | null, more: Properties = {}): ExampleResource =>
      resource("docker:index/service:Service")({
        mode: { replicated: { replicas } },
        updateConfig: { failureAction: "rollback", ...updateConfig },
        ...more,
      });
    expect(found(requireRollback, service({}, 1))).toEqual([expect.stringContaining("stops the only task")]);
    expect(found(requireRollback, service({ parallelism: 0 }, 3))).toEqual([expect.stringContaining("all 3 tasks")]);
    expect(found(requireRollback, service({}, 3))).toEqual([]);
    expect(found(requireRollback, service({ order: "start-first" }, 1))).toEqual([]);
    const volume = { taskSpec: { containerSpec: { mounts: [{ type: "volume", target: "/data" }] } } };
    expect(found(requireRollback, service({}, 1, volume))).toEqual([]);
  });
});

test("in depth: a workload of our own has a deadline that its start does not take up", () => {
  const workload = (progressDeadline: number): ExampleResource =>
    resource("trading-platform:workload:Workload")({
      probes: {
        startup: { interval: { seconds: 5 }, failureThreshold: 24 },
        readiness: { interval: { seconds: 5 } },
      },
      placement: {
        rollout: { rollbackOnFailure: true, revisionsKept: 1, progressDeadline: { seconds: progressDeadline } },
      },
    });
  expect(found(requireRollback, workload(300))).toEqual([]);
  expect(found(requireRollback, workload(125))).toEqual([expect.stringMatching(/\(125 s\) is over .* \(125 s\)/)]);
});
