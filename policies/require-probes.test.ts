import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExampleResource } from "./policy.ts";
import { requireProbes } from "./require-probes.ts";
import { found, verdictOn, withOneUnknown } from "./testing.ts";
import { type Properties, UNKNOWN, type Value } from "./values.ts";

const PROBE = { httpGet: { path: "/health", port: "http" } };
const PORTS = [
  { name: "http", containerPort: 8000 },
  { name: "db", containerPort: 5432 },
  { name: "rpc", containerPort: 9000 },
];
const CONTAINER = {
  name: "api",
  ports: PORTS,
  livenessProbe: { ...PROBE, failureThreshold: 6 },
  readinessProbe: PROBE,
};

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
    const proxy = { name: "proxy", restartPolicy: "Always", ports: PORTS, livenessProbe: PROBE };
    const initContainers = [{ name: "migrate" }, proxy];
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
    { httpGet: { path: "/", port: 8000 } },
    { tcpSocket: { port: "db" } },
    { exec: { command: ["check"] } },
    { grpc: { port: 9000 } },
  );
  const pod = fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z]{1,8}$/),
      ports: fc.constant(PORTS),
      livenessProbe: handler.map((question) => ({ ...question, failureThreshold: 6 })),
      readinessProbe: handler,
    }),
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
    const probe = "(livenessProbe(\\.failureThreshold|\\.httpGet(\\.\\w+)?)?|readinessProbe(\\.httpGet(\\.port)?)?)";
    const guarded = new RegExp(
      `^spec(\\.template(\\.spec(\\.containers(\\[0\\]\\.(${probe}|ports(\\[0\\]\\.name)?))?)?)?)?$`,
    );
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

describe("in depth", () => {
  const pod = (change: Properties, liveness: Properties = {}, readiness: Properties = {}): ExampleResource =>
    deployment({
      containers: [
        {
          ...CONTAINER,
          livenessProbe: { httpGet: { path: "/live", port: "http" }, ...liveness },
          readinessProbe: { httpGet: { path: "/ready", port: "http" }, ...readiness },
          ...change,
        },
      ],
    });
  const exec = (...command: readonly string[]): ExampleResource => pod({}, { httpGet: null, exec: { command } });

  test.each<[string, ExampleResource, RegExp]>([
    ["a name that no port has", pod({}, { httpGet: { port: "https" } }), /livenessProbe asks port "https"/],
    ["a number that no port has", pod({}, {}, { httpGet: { port: 8080 } }), /readinessProbe asks port 8080/],
    ["a name where no port is stated", pod({ ports: null }, {}, { httpGet: { port: 1 } }), /asks port "http"/],
    ["another host", pod({}, { httpGet: { port: "http", host: "db" } }), /asks another host/],
    ["a dependency", pod({}, { httpGet: { path: "/health/deep", port: "http" } }), /asks for more than the process/],
    [
      "readiness in liveness",
      pod({}, { httpGet: { path: "/readyz", port: "http" } }),
      /asks whether the service is ready/,
    ],
    ["a timeout as long as the period", pod({}, { timeoutSeconds: 10 }), /waits 10 s .* not less than the 10 s/],
    ["the same question, not slower", pod({}, PROBE, PROBE), /asks the same as readinessProbe and gives up no later/],
    ["a kill at once", pod({}, { periodSeconds: 3, failureThreshold: 1 }), /kills the container 1 s after its start/],
    ["a kill before readiness asks", pod({}, {}, { initialDelaySeconds: 60 }), /21 s after its start, .*\(60 s\)/],
    [
      "a startup probe that gives less time",
      pod({ startupProbe: { ...PROBE, failureThreshold: 1 } }),
      /startupProbe kills/,
    ],
    ["true", exec("true"), /always succeeds/],
    ["a line that ends with true", exec("sh", "-c", "wget -q http://localhost/ || true"), /always succeeds/],
    ["curl without --fail", exec("curl", "-s", "http://localhost/"), /curl without --fail/],
    ["a database elsewhere", exec("pg_isready", "-h", "db"), /asks db, which is not this container/],
  ])("%s is found, as a matter of depth, and nothing else", (_, resource, problem) => {
    expect(found(requireProbes, resource)).toEqual([expect.stringMatching(problem)]);
    const verdict = verdictOn(requireProbes, resource);
    expect(verdict).toMatchObject({ findings: [{ concern: "depth" }] });
  });

  test.each<[string, ExampleResource]>([
    ["a port by number", pod({}, { httpGet: { port: 8000 } })],
    ["a number as text", pod({}, { tcpSocket: { port: "5432" }, httpGet: null })],
    ["a number where no port is stated", pod({ ports: null }, { httpGet: { port: 1 } }, { httpGet: { port: 2 } })],
    ["its own address", pod({}, { httpGet: { port: "http", host: "127.0.0.1" } })],
    ["the same question, slower", pod({}, { ...PROBE, failureThreshold: 6 }, PROBE)],
    ["a startup probe", pod({ startupProbe: { ...PROBE, failureThreshold: 30 } }, { periodSeconds: 3 })],
    ["a check that can fail", exec("sh", "-c", "redis-cli ping | grep -q PONG")],
    ["curl that fails", exec("curl", "-fsS", "http://127.0.0.1:8000/")],
  ])("%s passes", (_, resource) => {
    expect(found(requireProbes, resource)).toEqual([]);
  });

  const task = (healthCheck: Properties): ExampleResource => ({
    type: "aws:ecs/taskDefinition:TaskDefinition",
    name: "task",
    properties: { containerDefinitions: JSON.stringify([{ name: "api", healthCheck }]) },
  });
  const command = ["CMD", "wget", "-q", "--spider", "http://127.0.0.1:8000/"];

  test.each<[string, Properties, RegExp]>([
    ["exit 0", { command: ["CMD-SHELL", "exit 0"] }, /healthCheck always succeeds/],
    ["curl || echo", { command: ["CMD-SHELL", "curl -f localhost || echo down"] }, /healthCheck always succeeds/],
    ["another host", { command: ["CMD-SHELL", "curl -f http://db:5432/ || exit 1"] }, /asks db/],
    ["a long timeout", { command, interval: 5 }, /waits 5 s .* 5 s/],
    ["a kill at the start", { command, interval: 5, timeout: 2, retries: 1 }, /stops the task 5 s after/],
  ])("ecs: %s is found", (_, healthCheck, problem) => {
    expect(found(requireProbes, task(healthCheck))).toEqual([expect.stringMatching(problem)]);
  });

  const group = (properties: Properties): ExampleResource => ({
    type: "aws:lb/targetGroup:TargetGroup",
    name: "tg",
    properties: { ...properties, healthCheck: { path: "/live", ...(properties.check as Properties) } },
  });

  test.each<[string, Properties, RegExp | undefined]>([
    ["dependencies", { check: { path: "/health/db" } }, /asks for more than the service/],
    ["a long timeout", { check: { timeout: 30 } }, /waits 30 s .* 30 s/],
    ["errors taken for good", { check: { matcher: "200-499" } }, /takes an error/],
    ["no drain", { deregistrationDelay: 0 }, /cuts the requests/],
    ["redirects taken for good", { check: { matcher: "200,301-302" } }, undefined],
    ["a gRPC code", { check: { matcher: "12" } }, undefined],
  ])("target group: %s", (_, properties, problem) => {
    expect(found(requireProbes, group(properties))).toEqual(
      problem === undefined ? [] : [expect.stringMatching(problem)],
    );
  });

  const container = (healthcheck: Properties): ExampleResource => ({
    type: "docker:index/container:Container",
    name: "c",
    properties: { healthcheck },
  });

  test.each<[string, Properties, RegExp | undefined]>([
    ["always true", { tests: ["CMD", "/bin/true"] }, /always succeeds/],
    ["a long timeout", { tests: command, timeout: "1m", interval: "30s" }, /waits 60 s .* 30 s/],
    ["Docker's own times", { tests: command, interval: "10s" }, undefined],
  ])("docker: %s", (_, healthcheck, problem) => {
    expect(found(requireProbes, container(healthcheck))).toEqual(
      problem === undefined ? [] : [expect.stringMatching(problem)],
    );
  });

  describe("ecs: grace period against the containers' start", () => {
    const definition = task({ command, startPeriod: 120 });
    const targets = (check: Properties): ExampleResource => group({ check });
    const service = (properties: Properties): ExampleResource => ({
      type: "aws:ecs/service:Service",
      name: "s",
      properties: { taskDefinition: UNKNOWN, loadBalancers: [{ targetGroupArn: UNKNOWN }], ...properties },
      madeFrom: { taskDefinition: "task", loadBalancers: "tg" },
    });

    test("too short is found, with both numbers", () => {
      expect(found(requireProbes, definition, targets({}), service({ healthCheckGracePeriodSeconds: 30 }))).toEqual([
        expect.stringMatching(
          /^s: healthCheckGracePeriodSeconds: a task is replaced 90 s after its start .*\(120 s\)$/,
        ),
      ]);
    });

    test("enough passes; so does a patient target group, and a service without one", () => {
      for (const [check, grace] of [
        [{}, 60],
        [{ interval: 60 }, 0],
      ] as const) {
        const judged = found(
          requireProbes,
          definition,
          targets(check),
          service({ healthCheckGracePeriodSeconds: grace }),
        );
        expect(judged).toEqual([]);
      }
      expect(found(requireProbes, definition, service({ loadBalancers: null }))).toEqual([]);
    });

    test("an unknown grace period is named", () => {
      expect(
        found(requireProbes, definition, targets({}), service({ healthCheckGracePeriodSeconds: UNKNOWN })),
      ).toEqual(["s? healthCheckGracePeriodSeconds"]);
    });
  });

  test("a workload of our own: a port that it has, an answer before the next question", () => {
    const workload = (probe: Properties): ExampleResource => {
      const check = { check: { kind: "http", port: "http" } };
      return {
        type: "trading-platform:workload:Workload",
        name: "w",
        properties: { ports: [{ name: "http" }], probes: { liveness: { ...check, ...probe }, readiness: check } },
      };
    };
    expect(found(requireProbes, workload({ timeout: { seconds: 2 }, interval: { seconds: 5 } }))).toEqual([]);
    expect(found(requireProbes, workload({ timeout: { seconds: 5 }, interval: { seconds: 5 } }))).toHaveLength(1);
    expect(found(requireProbes, workload({ check: { kind: "http", port: "web" } }))).toEqual([
      expect.stringContaining('asks port "web"'),
    ]);
  });
});
