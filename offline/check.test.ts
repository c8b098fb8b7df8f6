import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { problemsOf } from "./check.ts";
import { loadTable } from "./schema/load.ts";
import { type Properties, secret, unknown } from "./value.ts";

const service = "aws:ecs/service:Service";
const deployment = "kubernetes:apps/v1:Deployment";

function check(provider: "aws" | "kubernetes" | "docker", type: string, inputs: Properties) {
  const scalars = provider === "kubernetes" ? "exact" : "converted";
  return problemsOf(loadTable(provider), type, inputs, scalars)?.map((it) => `${it.property} ${it.reason}`);
}

describe("inputs that the real provider refuses", () => {
  test("a missing required property, nested", () => {
    expect(check("aws", service, { deploymentCircuitBreaker: { enable: true } })).toEqual([
      "deploymentCircuitBreaker.rollback is required and missing; set it",
    ]);
  });

  test("an unknown property, with the one that was meant", () => {
    expect(check("aws", service, { desiredCuont: 2 })).toEqual([
      'desiredCuont is not a property here; did you mean "desiredCount"?',
    ]);
    expect(check("docker", "docker:index/container:Container", { image: "a", zzz: 1 })).toEqual([
      "zzz is not a property here; remove it",
    ]);
  });

  test("a value outside an enumeration, deep inside", () => {
    const container = { name: "a", image: "b", imagePullPolicy: "Sometimes" };
    const spec = { selector: {}, template: { spec: { containers: [container] } } };
    expect(check("kubernetes", deployment, { spec })).toEqual([
      'spec.template.spec.containers[0].imagePullPolicy is "Sometimes"; allowed are "Always", "IfNotPresent", "Never"',
    ]);
  });

  test("everything at once", () => {
    const problems = check("aws", "aws:lb/targetGroup:TargetGroup", {
      targetType: "pod",
      port: "eighty",
      healthCheck: { pth: "/", matcher: ["200"] },
    });
    expect(problems?.map((it) => it.split(" ")[0])).toEqual([
      "targetType",
      "port",
      "healthCheck.pth",
      "healthCheck.matcher",
    ]);
  });

  test("the content of a long string is not repeated, it may be a credential", () => {
    const long = "x".repeat(60);
    const problems = check("docker", "docker:index/container:Container", { image: "a", memory: long });
    expect(problems).toEqual(["memory must be a number, is a long string"]);
  });

  test("a secret's content is not repeated either", () => {
    const problems = check("docker", "docker:index/container:Container", { image: "a", restart: secret("hush") });
    expect(problems?.join()).toMatch(/^restart/);
    expect(problems?.join()).not.toContain("hush");
  });
});

describe("inputs that the real provider takes", () => {
  test("Terraform converts scalars, Kubernetes does not", () => {
    expect(check("aws", service, { desiredCount: "2", enableExecuteCommand: "true" })).toEqual([]);
    expect(check("kubernetes", deployment, { spec: { replicas: "2", selector: {}, template: {} } })).toEqual([
      'spec.replicas must be a number, is "2"',
    ]);
  });

  test("a port of a probe is a number or a name", () => {
    const probe = (port: number | string) => ({ name: "a", livenessProbe: { httpGet: { path: "/", port } } });
    for (const port of [8000, "http"]) {
      const template = { spec: { containers: [probe(port)] } };
      expect(check("kubernetes", deployment, { spec: { selector: {}, template } })).toEqual([]);
    }
  });

  test("what is not known yet, or secret, is judged by its place only", () => {
    expect(check("aws", service, { launchType: unknown, networkConfiguration: unknown })).toEqual([]);
    expect(check("docker", "docker:index/container:Container", { image: secret("a") })).toEqual([]);
  });

  test("a type that the table does not know is not judged", () => {
    expect(check("aws", "aws:sqs/queue:Queue", { anything: 1 })).toBeUndefined();
  });
});

test("any JSON is judged without failing, and the verdict does not depend on the order of keys", () => {
  const keys = fc.constantFrom("spec", "metadata", "template", "containers", "name", "image", "selector", "x");
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      tie("object"),
      fc.array(tie("value"), { maxLength: 3 }),
    ),
    object: fc.dictionary(keys, tie("value"), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(fc.dictionary(keys, value), (given) => {
      const inputs: Properties = JSON.parse(JSON.stringify(given));
      const reversed = Object.fromEntries(Object.entries(inputs).reverse());
      expect(check("kubernetes", deployment, reversed)?.toSorted()).toEqual(
        check("kubernetes", deployment, inputs)?.toSorted(),
      );
    }),
  );
});
