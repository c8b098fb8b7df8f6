import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { awsRules } from "./aws/rules.ts";
import { changesBetween } from "./diff.ts";
import { dockerRules } from "./docker/rules.ts";
import { kubernetesRules } from "./kubernetes/rules.ts";
import { type Properties, secret, unknown } from "./value.ts";

const container = dockerRules("docker:index/container:Container");

/** The changes in short: `path kind`, with `!` where it replaces. */
function changes(before: Properties, after: Properties, rules = container): readonly string[] {
  return changesBetween(before, after, rules).map((it) => `${it.path} ${it.kind}${it.replaces ? "!" : ""}`);
}

describe("Docker containers", () => {
  test("memory and restart are changed in place, the image is not", () => {
    expect(
      changes({ memory: 64, restart: "no", image: "a:1" }, { memory: 128, restart: "always", image: "a:2" }),
    ).toEqual(["memory update", "restart update", "image update!"]);
  });

  test("environment, labels and networks are sets: their order does not count, that of a command does", () => {
    const label = (value: string) => ({ label: value, value });
    expect(
      changes(
        { envs: ["A=1", "B=2"], labels: [label("a"), label("b")] },
        { envs: ["B=2", "A=1"], labels: [label("b"), label("a")] },
      ),
    ).toEqual([]);
    expect(changes({ command: ["a", "b"] }, { command: ["b", "a"] })).toEqual([
      "command[0] update!",
      "command[1] update!",
    ]);
  });

  test("a nested property is named by its path", () => {
    expect(
      changes({ healthcheck: { tests: ["CMD", "a"] } }, { healthcheck: { tests: ["CMD", "b"], retries: 3 } }),
    ).toEqual(["healthcheck.tests[1] update!", "healthcheck.retries add!"]);
  });
});

describe("Kubernetes", () => {
  test("a Deployment's selector replaces, its template does not", () => {
    const rules = kubernetesRules("kubernetes:apps/v1:Deployment");
    const spec = (label: string, image: string) => ({
      spec: {
        selector: { matchLabels: { "app.kubernetes.io/name": label } },
        template: { spec: { containers: [{ image }] } },
      },
    });
    expect(changes(spec("a", "x"), spec("b", "y"), rules)).toEqual([
      'spec.selector.matchLabels["app.kubernetes.io/name"] update!',
      "spec.template.spec.containers[0].image update",
    ]);
  });

  test("a selector that goes with the whole spec replaces too", () => {
    const rules = kubernetesRules("kubernetes:apps/v1:Deployment");
    expect(changes({ spec: { selector: { matchLabels: { a: "b" } } } }, {}, rules)).toEqual(["spec delete!"]);
    expect(changes({ spec: { replicas: 1 } }, {}, rules)).toEqual(["spec delete"]);
  });

  test("a ConfigMap's data and a StatefulSet's claims replace", () => {
    expect(
      changes({ data: { "a.yml": "1" } }, { data: { "a.yml": "2" } }, kubernetesRules("kubernetes:core/v1:ConfigMap")),
    ).toEqual(['data["a.yml"] update!']);
    const claim = (storage: string) => ({
      spec: { replicas: 1, volumeClaimTemplates: [{ spec: { resources: { requests: { storage } } } }] },
    });
    expect(changes(claim("1Gi"), claim("2Gi"), kubernetesRules("kubernetes:apps/v1:StatefulSet"))).toEqual([
      "spec.volumeClaimTemplates[0].spec.resources.requests.storage update!",
    ]);
  });

  test("order counts", () => {
    expect(changes({ a: ["x", "y"] }, { a: ["y", "x"] }, kubernetesRules("kubernetes:core/v1:Pod"))).toHaveLength(2);
  });
});

describe("AWS", () => {
  test("a task definition is never changed, a service mostly is", () => {
    expect(
      changes(
        { cpu: "256", tags: { a: "1" } },
        { cpu: "512", tags: { a: "2" } },
        awsRules("aws:ecs/taskDefinition:TaskDefinition"),
      ),
    ).toEqual(["cpu update!", "tags.a update"]);
    const before = { desiredCount: 1, launchType: "EC2", deploymentController: { type: "ECS" } };
    const after = { desiredCount: 2, launchType: "FARGATE", deploymentController: { type: "EXTERNAL" } };
    expect(changes(before, after, awsRules("aws:ecs/service:Service"))).toEqual([
      "desiredCount update",
      "launchType update!",
      "deploymentController.type update!",
    ]);
  });

  test("stating a default is no change, at any depth", () => {
    const rules = awsRules("aws:ecs/service:Service");
    const stated = { deploymentController: { type: "ECS" }, schedulingStrategy: "REPLICA" };
    expect(changes({}, stated, rules)).toEqual([]);
    expect(changes(stated, {}, rules)).toEqual([]);
    expect(changes({}, { deploymentController: { type: "EXTERNAL" } }, rules)).toEqual([
      "deploymentController.type update!",
    ]);
  });

  test("what AWS fills in by itself stays when it is no longer given", () => {
    expect(changes({ launchType: "EC2" }, {}, awsRules("aws:ecs/service:Service"))).toEqual([]);
    expect(changes({}, { launchType: "EC2" }, awsRules("aws:ecs/service:Service"))).toEqual(["launchType add!"]);
  });

  test("documents are compared by content", () => {
    const rules = awsRules("aws:iam/policy:Policy");
    expect(changes({ policy: '{"a": 1, "b": [2]}' }, { policy: '{"b":[2],"a":1}' }, rules)).toEqual([]);
    expect(changes({ policy: '{"a": 1}' }, { policy: '{"a": 2}' }, rules)).toEqual(["policy update"]);
  });

  test("what is not known yet counts as changed", () => {
    expect(changes({ vpcId: "vpc-1" }, { vpcId: unknown }, awsRules("aws:ec2/subnet:Subnet"))).toEqual([
      "vpcId update!",
    ]);
  });
});

test("that a value became secret is no change; nor an empty list where there was none", () => {
  expect(changes({ image: "a" }, { image: secret("a") })).toEqual([]);
  expect(changes({}, { dns: [] })).toEqual([]);
});

test("nothing differs from itself, and a difference is seen from both sides", () => {
  const json = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue({ maxDepth: 3 }));
  const plain = (value: unknown): Properties => JSON.parse(JSON.stringify(value));
  fc.assert(
    fc.property(json, json, (left, right) => {
      const rules = { forcesNew: [] };
      expect(changes(plain(left), plain(left), rules)).toEqual([]);
      const there = changesBetween(plain(left), plain(right), rules).map((it) => it.path);
      const back = changesBetween(plain(right), plain(left), rules).map((it) => it.path);
      expect(there.toSorted()).toEqual(back.toSorted());
    }),
  );
});
