import { ComponentResource, CustomResource, type Input } from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Engine, noEngine, type Run, startEngine } from "./testing-engine.ts";

const reason = noEngine();

type Inputs = Readonly<Record<string, Input<unknown>>>;

/** Below a component, the engine is told plain inputs and registered outputs, as our own components do. */
class Component extends ComponentResource {
  constructor(type: string, name: string, inputs: Inputs) {
    super(type, name, inputs);
    this.registerOutputs(inputs);
  }
}

/** A resource by its type token, so that the test needs no provider's SDK. */
class Custom extends CustomResource {}

interface Entry {
  readonly type: string;
  readonly inputs: Inputs;
}

const LIVENESS = { httpGet: { path: "/health/live", port: 8000 } };
const READINESS = { httpGet: { path: "/health/ready", port: 8000 } };
const CHECK = ["CMD", "wget", "-q", "--spider", "http://127.0.0.1:8000/health"];

const containers = (container: object): object[] => [
  { name: "api", image: "ghcr.io/acme/api:2.1.0", livenessProbe: LIVENESS, readinessProbe: READINESS, ...container },
];

const deployment = (container: object = {}, spec: object = {}): Entry => ({
  type: "kubernetes:apps/v1:Deployment",
  inputs: {
    spec: {
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 300,
      template: { spec: { containers: containers(container) } },
      ...spec,
    },
  },
});

const task = (healthCheck: object | undefined): Entry => ({
  type: "aws:ecs/taskDefinition:TaskDefinition",
  inputs: {
    family: "api",
    containerDefinitions: JSON.stringify([{ name: "api", image: "ghcr.io/acme/api:2.1.0", healthCheck }]),
  },
});

const service = (deploymentCircuitBreaker: object | undefined): Entry => ({
  type: "aws:ecs/service:Service",
  inputs: { desiredCount: 2, deploymentCircuitBreaker, waitForSteadyState: true },
});

const container = (change: object = {}): Entry => ({
  type: "docker:index/container:Container",
  inputs: {
    image: "ghcr.io/acme/api:2.1.0",
    wait: true,
    waitTimeout: 60,
    restart: "unless-stopped",
    healthcheck: { tests: CHECK },
    ...change,
  },
});

const image = (keepLocally: boolean): Entry => ({
  type: "docker:index/remoteImage:RemoteImage",
  inputs: { name: "ghcr.io/acme/redis:7.4.1", keepLocally },
});

const registry = (keep: number, repositories: readonly string[] = ["ghcr.io/acme"]): Entry => ({
  type: "trading-platform:delivery:ImageRegistry",
  inputs: { keep, rollbackDepth: 10, repositories: [...repositories] },
});

const IMMUTABLE = { imageTagMutability: "IMMUTABLE" };

const keep = (rulePriority: number, selection: object): object => ({
  rulePriority,
  selection: { countType: "imageCountMoreThan", countNumber: 10, ...selection },
  action: { type: "expire" },
});

const RULES = JSON.stringify({
  rules: [keep(1, { tagStatus: "tagged", tagPatternList: ["release-*"] }), keep(2, { tagStatus: "any" })],
});

const lifecycle = (policy: string): Entry => ({
  type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  inputs: { repository: "acme/api", policy },
});

/** One of each, as it must be. */
const COMPLIANT: Readonly<Record<string, Entry>> = {
  web: deployment(),
  task: task({ command: CHECK }),
  service: service({ enable: true, rollback: true }),
  group: { type: "aws:lb/targetGroup:TargetGroup", inputs: { port: 8000, healthCheck: { path: "/health" } } },
  container: container(),
  image: image(true),
  repository: { type: "aws:ecr/repository:Repository", inputs: { name: "acme/api", ...IMMUTABLE } },
  lifecycle: lifecycle(RULES),
  platform: { type: "trading-platform:platform:TradingPlatform", inputs: {} },
  registry: registry(10),
};

const programOf = (entries: Readonly<Record<string, Entry | undefined>>) => (): void => {
  for (const [name, entry] of Object.entries(entries)) {
    if (entry === undefined) continue;
    const isOurs = entry.type.startsWith("trading-platform:");
    if (isOurs) new Component(entry.type, name, entry.inputs);
    else new Custom(entry.type, name, { ...entry.inputs });
  }
};

const inShort = ({ reported }: Run): readonly string[] =>
  reported.map(({ policy, blocks, resource }) => `${blocks ? "blocks" : "warns"} ${policy} ${resource}`);

describe("the pack in the real engine", { timeout: 60_000 }, () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach((context) => {
    if (reason !== undefined) context.skip(reason);
  });

  test("a program with everything that is asked passes without a word", async () => {
    const run = await engine.run(programOf(COMPLIANT));
    expect(run.output).toBe("");
    expect(run).toMatchObject({ succeeded: true, reported: [] });
  });

  test.each<[string, string, string, Readonly<Record<string, Entry | undefined>>, string]>([
    [
      "a readiness probe",
      "require-probes",
      "web",
      { web: deployment({ readinessProbe: undefined }) },
      'container "api"',
    ],
    ["an ECS health check", "require-probes", "task", { task: task(undefined) }, 'container "api"'],
    [
      "a target group's path",
      "require-probes",
      "group",
      { group: { type: "aws:lb/targetGroup:TargetGroup", inputs: { healthCheck: {} } } },
      "healthCheck.path",
    ],
    [
      "a container's health check",
      "require-probes",
      "container",
      { container: container({ healthcheck: undefined }) },
      "healthcheck is missing",
    ],
    ["the circuit breaker", "require-rollback", "service", { service: service(undefined) }, "deploymentCircuitBreaker"],
    [
      "a progress deadline",
      "require-rollback",
      "web",
      { web: deployment({}, { progressDeadlineSeconds: undefined }) },
      "progressDeadlineSeconds",
    ],
    [
      "the wait for the new container",
      "require-rollback",
      "container",
      { container: container({ wait: undefined }) },
      "wait",
    ],
    ["an image's keeping", "require-image-retention", "image", { image: image(false) }, "keepLocally"],
    ["a lifecycle policy", "require-image-retention", "repository", { lifecycle: undefined }, "no lifecycle policy"],
    ["a lifecycle policy's rules", "require-image-retention", "lifecycle", { lifecycle: lifecycle("{}") }, "no rules"],
    ["the ImageRegistry", "require-image-retention", "platform", { registry: undefined }, "no ImageRegistry"],
    ["enough images to go back", "require-image-retention", "registry", { registry: registry(3) }, "keep (3)"],
  ])("without %s exactly %s blocks the preview, at %s", async (_, policy, name, change, words) => {
    const run = await engine.run(programOf({ ...COMPLIANT, ...change }));
    expect(inShort(run)).toEqual([`blocks ${policy} ${name}`]);
    expect(run.succeeded).toBe(false);
    expect(run.reported[0]?.message).toMatch(new RegExp(`^${name}: ${policy}: .*; repair: .+ \\(https://.+\\)$`));
    expect(run.reported[0]?.message).toContain(words);
  });

  test("images from elsewhere are refused, one line each", async () => {
    const run = await engine.run(programOf({ ...COMPLIANT, registry: registry(10, ["ghcr.io/other"]) }));
    expect(run.reported.map(({ resource }) => resource).toSorted()).toEqual(["container", "image", "task", "web"]);
  });

  test("a resource with a violation is not touched by an update, though the stack policies have not run yet", async () => {
    const run = await engine.run(programOf({ image: image(true), web: deployment({ livenessProbe: {} }) }), {
      operation: "up",
    });
    expect(run.succeeded).toBe(false);
    expect(inShort(run)).toContain("blocks require-probes web");
    expect(run.deployed).not.toContain("web");
  });

  describe("a value that is not known before the update", () => {
    const program = (): void => {
      const other = new Custom("aws:ecr/repository:Repository", "repository", { name: "acme/api", ...IMMUTABLE });
      new Custom("aws:ecr/lifecyclePolicy:LifecyclePolicy", "lifecycle", { repository: other.id, policy: RULES });
      const { type, inputs } = deployment({
        ports: [{ name: "id-repository", containerPort: 8000 }],
        readinessProbe: { httpGet: { port: other.id } },
      });
      new Custom(type, "web", { ...inputs });
    };

    test("is named in a warning at the preview; a policy finds its repository all the same", async () => {
      const run = await engine.run(program);
      expect(run.succeeded).toBe(true);
      expect(inShort(run)).toEqual(["warns require-probes web"]);
      expect(run.reported[0]?.message).toContain("spec.template.spec.containers[0].readinessProbe.httpGet.port");
    });

    test("blocks where the configuration says strict", async () => {
      const run = await engine.run(program, { config: { "require-probes": { strict: true } } });
      expect(run.succeeded).toBe(false);
      expect(inShort(run)).toEqual(["blocks require-probes web"]);
    });

    test("is judged by the update, when it is known", async () => {
      const run = await engine.run(program, { operation: "up" });
      expect(run.output).toBe("");
      expect(run).toMatchObject({ succeeded: true, reported: [] });
      expect(run.deployed).toContain("web");
    });

    test("and a violation beside it is found all the same", async () => {
      const run = await engine.run(() => {
        const other = new Custom("aws:ecs/cluster:Cluster", "cluster", {});
        const { type, inputs } = deployment({ livenessProbe: {}, readinessProbe: { tcpSocket: { port: other.id } } });
        new Custom(type, "web", { ...inputs });
      });
      expect(inShort(run).toSorted()).toEqual(["blocks require-probes web", "warns require-probes web"]);
    });
  });

  test("a program of somebody else, with nothing that the pack judges, passes", async () => {
    const run = await engine.run(() => {
      new Custom("aws:s3/bucket:Bucket", "files", { acl: "private" });
      new Custom("kubernetes:batch/v1:Job", "migrate", {
        spec: { template: { spec: { containers: [{ name: "m" }] } } },
      });
    });
    expect(run).toMatchObject({ succeeded: true, reported: [] });
  });
});
