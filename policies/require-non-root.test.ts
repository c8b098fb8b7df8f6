import { describe, expect, test } from "vitest";
import { deployment, dockerContainer, dockerService, taskDefinition } from "./example-resources.ts";
import type { ExampleResource } from "./policy.ts";
import { requireNonRoot } from "./require-non-root.ts";
import { found } from "./testing.ts";
import { type Properties, UNKNOWN } from "./values.ts";

const context = (securityContext: Properties): Properties => ({ securityContext });

test.each<[string, ExampleResource, number]>([
  ["nothing said", deployment({}), 1],
  ["root by number", deployment(context({ runAsUser: 0, runAsNonRoot: true })), 1],
  ["a number", deployment(context({ runAsUser: 10 })), 0],
  ["runAsNonRoot", deployment(context({ runAsNonRoot: true })), 0],
  ["the pod's number", deployment({}, context({ runAsUser: 10 })), 0],
  ["the container's own, against the pod's", deployment(context({ runAsUser: 0 }), context({ runAsUser: 10 })), 1],
  ["an init container", deployment(context({ runAsUser: 10 }), { initContainers: [{ name: "migrate" }] }), 1],
  ["ecs: nothing said", taskDefinition({}), 1],
  ["ecs: root with a group", taskDefinition({ user: "root:root" }), 1],
  ["ecs: a name", taskDefinition({ user: "app" }), 0],
  ["docker: 0", dockerContainer({ user: "0" }), 1],
  ["docker: 10", dockerContainer({ user: "10:0" }), 0],
  ["docker: never started", dockerContainer({ start: false }), 0],
  ["swarm: nothing said", dockerService({}), 1],
  ["swarm: 10", dockerService({ user: "10" }), 0],
])("%s", (_, resource, count) => {
  expect(found(requireNonRoot, resource)).toHaveLength(count);
});

describe("a reason that the program states", () => {
  const annotated: ExampleResource = {
    type: "kubernetes:apps/v1:DaemonSet",
    name: "api",
    properties: {
      spec: {
        template: {
          metadata: { annotations: { "example.com/root-reason": "reads logs" } },
          spec: { containers: [{ name: "api" }] },
        },
      },
    },
  };

  test.each<[string, ExampleResource]>([
    ["kubernetes", annotated],
    ["ecs", taskDefinition({ user: "0", dockerLabels: { "root-reason": "reads logs" } })],
    ["docker", dockerContainer({ labels: [{ label: "a/root-reason", value: "reads logs" }] })],
  ])("%s: is accepted, and said", (_, resource) => {
    expect(found(requireNonRoot, resource)).toEqual(["api! reads logs"]);
  });

  test("an empty one is none", () => {
    expect(found(requireNonRoot, taskDefinition({ dockerLabels: { "root-reason": "" } }))).toHaveLength(1);
  });
});

test("unknown values are named", () => {
  expect(found(requireNonRoot, deployment(context({ runAsUser: UNKNOWN })))).toEqual([
    "api? spec.template.spec.containers[0].securityContext.runAsUser",
  ]);
  expect(found(requireNonRoot, dockerContainer({ user: UNKNOWN }))).toEqual(["api? user"]);
  const whole: ExampleResource = { ...taskDefinition({}), properties: { containerDefinitions: UNKNOWN } };
  expect(found(requireNonRoot, whole)).toEqual(["api? containerDefinitions"]);
});
