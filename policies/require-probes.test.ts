import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExampleResource } from "./policy.ts";
import { requireProbes } from "./require-probes.ts";
import { found, verdictOn, withOneUnknown } from "./testing.ts";
import { type Properties, UNKNOWN, type Value } from "./values.ts";

const PROBE = { httpGet: { path: "/health", port: "http" } };
const CONTAINER = { name: "api", livenessProbe: PROBE, readinessProbe: PROBE };

const deployment = (spec: Properties): ExampleResource => ({
  type: "kubernetes:apps/v1:Deployment",
  name: "web",
  properties: { spec: { template: { spec } } },
});

const withProbe = (readinessProbe: Value): ExampleResource =>
  deployment({ containers: [{ ...CONTAINER, readinessProbe }] });

describe("kubernetes", () => {
  test.each([
    ["null", null],
    ["an empty object", {}],
    ["only timings", { periodSeconds: 5 }],
    ["exec without a command", { exec: {} }],
    ["exec with an empty command", { exec: { command: [] } }],
    ["httpGet without a port", { httpGet: { path: "/" } }],
    ["tcpSocket with port 0", { tcpSocket: { port: 0 } }],
    ["httpGet with an empty port name", { httpGet: { port: "" } }],
    ["a handler that there is not", { udpSocket: { port: 53 } }],
  ])("a probe that is %s counts as missing", (_, probe) => {
    expect(found(requireProbes, withProbe(probe))).toEqual([
      expect.stringMatching(
        /^web: spec\.template\.spec\.containers\[0\]\.readinessProbe: container "api": readinessProbe /,
      ),
    ]);
  });

  test.each([
    ["httpGet by name", { httpGet: { port: "http" } }],
    ["httpGet by number", { httpGet: { port: 8000 } }],
    ["tcpSocket", { tcpSocket: { port: 5432 } }],
    ["grpc", { grpc: { port: 9000 } }],
    ["exec", { exec: { command: ["pg_isready"] } }],
  ])("a probe with %s passes", (_, probe) => {
    expect(found(requireProbes, withProbe(probe))).toEqual([]);
  });

  test("each kind of workload is judged", () => {
    const kinds = ["apps/v1:Deployment", "apps/v1:StatefulSet", "apps/v1:DaemonSet", "apps/v1:ReplicaSet"];
    for (const kind of kinds) {
      const bare = { ...deployment({ containers: [{ name: "api" }] }), type: `kubernetes:${kind}` };
      expect(found(requireProbes, bare)).toHaveLength(2);
    }
    const pod = { type: "kubernetes:core/v1:Pod", name: "p", properties: { spec: { containers: [{ name: "api" }] } } };
    expect(found(requireProbes, pod)).toHaveLength(2);
  });

  test("a pod that may end is not applicable, and a job is nobody's business", () => {
    for (const restartPolicy of ["Never", "OnFailure"]) {
      const verdict = verdictOn(requireProbes, {
        type: "kubernetes:core/v1:Pod",
        properties: { spec: { restartPolicy, containers: [{ name: "migrate" }] } },
      });
      expect(verdict).toMatchObject({ kind: "not-applicable" });
    }
    expect(verdictOn(requireProbes, { type: "kubernetes:batch/v1:Job", properties: {} })).toBeUndefined();
  });

  test("init containers run to their end, native sidecars do not", () => {
    const initContainers = [{ name: "migrate" }, { name: "proxy", restartPolicy: "Always", livenessProbe: PROBE }];
    expect(found(requireProbes, deployment({ containers: [CONTAINER], initContainers }))).toEqual([
      expect.stringContaining('container "proxy": readinessProbe is missing'),
    ]);
  });

  test.each<[string, ExampleResource, string]>([
    ["the spec", { type: "kubernetes:apps/v1:Deployment", name: "web", properties: { spec: UNKNOWN } }, "spec"],
    ["the containers", deployment({ containers: UNKNOWN }), "spec.template.spec.containers"],
    ["a container", deployment({ containers: [UNKNOWN, CONTAINER] }), "spec.template.spec.containers[0]"],
    ["a probe", withProbe(UNKNOWN), "spec.template.spec.containers[0].readinessProbe"],
    ["a handler", withProbe({ httpGet: UNKNOWN }), "spec.template.spec.containers[0].readinessProbe.httpGet"],
    [
      "a port",
      withProbe({ httpGet: { port: UNKNOWN } }),
      "spec.template.spec.containers[0].readinessProbe.httpGet.port",
    ],
    [
      "what kind an init container is",
      deployment({ containers: [CONTAINER], initContainers: [{ name: "x", restartPolicy: UNKNOWN }] }),
      "spec.template.spec.initContainers[0].restartPolicy",
    ],
  ])("names %s when it is unknown", (_, resource, property) => {
    expect(found(requireProbes, resource)).toEqual([`web? ${property}`]);
  });

  test("a bare pod whose restartPolicy is unknown could be a job", () => {
    const pod: ExampleResource = {
      type: "kubernetes:core/v1:Pod",
      name: "p",
      properties: { spec: { restartPolicy: UNKNOWN, containers: [{ name: "api" }] } },
    };
    expect(found(requireProbes, pod)).toEqual(["p? spec.restartPolicy"]);
  });

  const handler = fc.constantFrom<Properties>(
    { httpGet: { path: "/", port: 80 } },
    { tcpSocket: { port: "db" } },
    { exec: { command: ["check"] } },
    { grpc: { port: 9000 } },
  );
  const pod = fc.uniqueArray(
    fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/), livenessProbe: handler, readinessProbe: handler }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
  );

  test("law: taking any probe of a compliant pod away is found, with that container's name, and nothing else", () => {
    fc.assert(
      fc.property(pod, fc.nat(), fc.constantFrom("livenessProbe", "readinessProbe"), (containers, seed, probe) => {
        expect(found(requireProbes, deployment({ containers }))).toEqual([]);
        const index = seed % containers.length;
        const weakened = containers.map((container, place) =>
          place === index ? { ...container, [probe]: null } : container,
        );
        expect(found(requireProbes, deployment({ containers: weakened }))).toEqual([
          `web: spec.template.spec.containers[${index}].${probe}: container "${containers[index]?.name}": ${probe} is missing`,
        ]);
      }),
    );
  });

  test("law: an unknown value is never taken for a violation, and where it is a guarded one it is named", () => {
    const guarded =
      /^spec(\.template(\.spec(\.containers(\[0\]\.(liveness|readiness)Probe(\.httpGet(\.port)?)?)?)?)?)?$/;
    const compliant = deployment({ containers: [CONTAINER] });
    for (const { path, value } of withOneUnknown(compliant.properties)) {
      expect(found(requireProbes, { ...compliant, properties: value })).toEqual(
        guarded.test(path) ? [`web? ${path}`] : [],
      );
    }
  });
});

describe("ecs", () => {
  const taskDefinition = (...containers: readonly Properties[]) => ({
    type: "aws:ecs/taskDefinition:TaskDefinition",
    name: "task",
    properties: { containerDefinitions: JSON.stringify(containers) },
  });
  const healthCheck = { command: ["CMD-SHELL", "wget -q --spider http://127.0.0.1:8000/"] };

  test.each([
    ["no health check", {}, "healthCheck is missing"],
    ["an object without command", { healthCheck: { interval: 10 } }, "has no command"],
    ["an empty command", { healthCheck: { command: [] } }, "empty command"],
    ["NONE", { healthCheck: { command: ["NONE"] } }, "switched off"],
    ["CMD alone", { healthCheck: { command: ["CMD"] } }, "no command after CMD"],
    ["a blank line", { healthCheck: { command: ["CMD-SHELL", " "] } }, "no command after CMD"],
    ["no form in front", { healthCheck: { command: ["curl", "-f"] } }, "CMD-SHELL"],
  ])("%s is found", (_, container, problem) => {
    expect(found(requireProbes, taskDefinition({ name: "api", ...container }))).toEqual([
      expect.stringMatching(new RegExp(`essential container "api".*${problem}`)),
    ]);
  });

  test("what is not essential, and what another waits for to complete, is left alone", () => {
    const api = { name: "api", healthCheck, dependsOn: [{ containerName: "files", condition: "SUCCESS" }] };
    expect(found(requireProbes, taskDefinition(api, { name: "files" }, { name: "xray", essential: false }))).toEqual(
      [],
    );
    const waitsForStart = { ...api, dependsOn: [{ containerName: "files", condition: "START" }] };
    expect(found(requireProbes, taskDefinition(waitsForStart, { name: "files" }))).toHaveLength(1);
  });

  test("what is no list of containers is said, what is unknown is named", () => {
    for (const containerDefinitions of ["nonsense", "{}", null]) {
      expect(found(requireProbes, { ...taskDefinition(), properties: { containerDefinitions } })).toHaveLength(1);
    }
    expect(found(requireProbes, { ...taskDefinition(), properties: { containerDefinitions: UNKNOWN } })).toEqual([
      "task? containerDefinitions",
    ]);
  });
});

describe("target group", () => {
  const group = (properties: Properties, type = "aws:lb/targetGroup:TargetGroup") => ({ type, name: "tg", properties });

  test("both type tokens are judged", () => {
    expect(found(requireProbes, group({}))).toHaveLength(1);
    expect(found(requireProbes, group({}, "aws:alb/targetGroup:TargetGroup"))).toHaveLength(1);
  });

  test.each([
    ["disabled", { enabled: false, path: "/health" }, 1],
    ["without a path", { enabled: true }, 1],
    ["HTTPS without a path", { protocol: "HTTPS" }, 1],
    ["with a path", { path: "/health" }, 0],
    ["TCP, which has no path", { protocol: "TCP" }, 0],
  ])("a check %s gives %s", (_, healthCheck, count) => {
    expect(found(requireProbes, group({ healthCheck }))).toHaveLength(count);
  });

  test("lambda targets are not applicable", () => {
    const lambda = { type: "aws:lb/targetGroup:TargetGroup", properties: { targetType: "lambda" } };
    expect(verdictOn(requireProbes, lambda)).toMatchObject({ kind: "not-applicable" });
  });

  test("unknown values are named", () => {
    expect(found(requireProbes, group({ healthCheck: UNKNOWN }))).toEqual(["tg? healthCheck"]);
    expect(found(requireProbes, group({ healthCheck: { enabled: UNKNOWN, path: UNKNOWN } }))).toEqual([
      "tg? healthCheck.enabled",
      "tg? healthCheck.path",
    ]);
    expect(found(requireProbes, group({ targetType: UNKNOWN }))).toEqual(["tg? targetType"]);
  });
});

describe("docker", () => {
  const container = (properties: Properties) => ({ type: "docker:index/container:Container", name: "c", properties });

  test.each([
    ["nothing", undefined, 1],
    ["NONE", { tests: ["NONE"] }, 1],
    ["an empty list, which is the image's own", { tests: [] }, 1],
    ["only timings", { interval: "10s" }, 1],
    ["a command", { tests: ["CMD", "true-check"] }, 0],
  ])("a container with %s", (_, healthcheck, count) => {
    expect(found(requireProbes, container({ healthcheck }))).toHaveLength(count);
  });

  test("one-shots are not applicable, unless they are restarted for ever", () => {
    const type = "docker:index/container:Container";
    for (const properties of [{ mustRun: false }, { attach: true, restart: "on-failure" }]) {
      expect(verdictOn(requireProbes, { type, properties })).toMatchObject({ kind: "not-applicable" });
    }
    expect(found(requireProbes, container({ mustRun: false, restart: "always" }))).toHaveLength(1);
  });

  test("a service is judged by its container", () => {
    const service = {
      type: "docker:index/service:Service",
      name: "s",
      properties: { taskSpec: { containerSpec: {} } },
    };
    expect(found(requireProbes, service)).toHaveLength(1);
  });

  test("unknown values are named", () => {
    expect(found(requireProbes, container({ healthcheck: UNKNOWN }))).toEqual(["c? healthcheck"]);
    expect(found(requireProbes, container({ healthcheck: { tests: [UNKNOWN, "x"] } }))).toEqual([
      "c? healthcheck.tests[0]",
    ]);
    expect(found(requireProbes, container({ mustRun: UNKNOWN }))).toEqual(["c? mustRun"]);
    const service: ExampleResource = {
      type: "docker:index/service:Service",
      name: "s",
      properties: { taskSpec: UNKNOWN },
    };
    expect(found(requireProbes, service)).toEqual(["s? taskSpec"]);
  });
});

test("a workload of our own needs both probes, and each must check something", () => {
  const workload = (probes: Value): ExampleResource => ({
    type: "trading-platform:workload:Workload",
    name: "w",
    properties: { probes },
  });
  const check = { check: { kind: "tcp", port: "http" } };
  expect(found(requireProbes, workload({ liveness: check, readiness: check }))).toEqual([]);
  expect(found(requireProbes, workload({ liveness: check, readiness: {} }))).toHaveLength(1);
  expect(found(requireProbes, workload({}))).toHaveLength(2);
  expect(found(requireProbes, workload({ liveness: check, readiness: UNKNOWN }))).toEqual(["w? probes.readiness"]);
});
