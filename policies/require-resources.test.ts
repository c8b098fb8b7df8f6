import { expect, test } from "vitest";
import { deployment, dockerContainer, dockerService, taskDefinition } from "./example-resources.ts";
import type { ExampleResource } from "./policy.ts";
import { quantity } from "./quantity.ts";
import { requireResources } from "./require-resources.ts";
import { found } from "./testing.ts";
import { type Properties, UNKNOWN } from "./values.ts";

const pod = (requests: Properties, limits: Properties): ExampleResource =>
  deployment({ resources: { requests, limits } });

test.each<[string, ExampleResource, readonly RegExp[]]>([
  ["nothing", deployment({}), [/no CPU/, /no memory limit/]],
  ["all that is asked", pod({ cpu: "250m", memory: "256Mi" }, { memory: "256Mi" }), []],
  ["limits only, which are requests too", pod({}, { cpu: 1, memory: "256Mi" }), []],
  ["half a byte", pod({ cpu: 1 }, { memory: "512m" }), [/has 512m of memory/]],
  [
    "more requested than allowed",
    pod({ cpu: 2, memory: "1Gi" }, { cpu: "500m", memory: "512Mi" }),
    [/more memory/, /more CPU/],
  ],
  [
    "an init container",
    deployment({ resources: { limits: { cpu: 1, memory: "1Gi" } } }, { initContainers: [{ name: "i" }] }),
    [],
  ],
  ["ecs: nothing", taskDefinition({}), [/no memory limit/]],
  ["ecs: the task's", taskDefinition({}, { memory: "1024" }), []],
  ["ecs: more than the task's", taskDefinition({ memory: 2048 }, { memory: "1024" }), [/more memory than its task/]],
  ["ecs: more reserved", taskDefinition({ memory: 1, memoryReservation: 2 }), [/reserves more/]],
  ["docker: more reserved", dockerContainer({ memory: 128, memoryReservation: 256 }), [/reserves more/]],
  ["swarm: nothing", dockerService({}), [/no memory limit/]],
])("%s", (_, resource, problems) => {
  expect(found(requireResources, resource)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
});

test("unknown values are named", () => {
  expect(found(requireResources, pod({ cpu: 1 }, { memory: UNKNOWN }))).toEqual([
    "api? spec.template.spec.containers[0].resources.limits.memory",
  ]);
  expect(found(requireResources, dockerContainer({ memory: UNKNOWN }))).toEqual(["api? memory"]);
});

test.each<[string | number, number | undefined]>([
  ["500m", 0.5],
  ["1", 1],
  [2, 2],
  ["1Ki", 1024],
  ["1.5Gi", 1.5 * 2 ** 30],
  ["128974848", 128974848],
  ["1e3", 1000],
  ["much", undefined],
  ["5X", undefined],
])("%s is %s", (value, expected) => {
  expect(quantity({ path: "", value })).toBe(expected);
});
