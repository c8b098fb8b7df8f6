import { expect, test } from "vitest";
import { deployment, dockerContainer, dockerService, taskDefinition } from "./example-resources.ts";
import type { ExampleResource } from "./policy.ts";
import { requireReadOnlyRoot } from "./require-read-only-root.ts";
import { found, verdictOn } from "./testing.ts";
import { UNKNOWN } from "./values.ts";

test.each<[string, ExampleResource, number]>([
  ["kubernetes: false", deployment({ securityContext: { readOnlyRootFilesystem: false } }), 1],
  ["kubernetes: an init container", deployment({}, { initContainers: [{ name: "migrate" }] }), 2],
  ["docker: false", dockerContainer({ readOnly: false }), 1],
  ["docker: never started", dockerContainer({ start: false }), 0],
  ["swarm: true", dockerService({ readOnly: true }), 0],
  ["ecs: two", taskDefinition({ readonlyRootFilesystem: true }), 0],
])("%s", (_, resource, count) => {
  expect(found(requireReadOnlyRoot, resource)).toHaveLength(count);
});

test("unknown values are named; what has no container is not judged", () => {
  expect(found(requireReadOnlyRoot, deployment({ securityContext: UNKNOWN }))).toEqual([
    "api? spec.template.spec.containers[0].securityContext",
  ]);
  expect(found(requireReadOnlyRoot, dockerService({ readOnly: UNKNOWN }))).toEqual([
    "api? taskSpec.containerSpec.readOnly",
  ]);
  expect(verdictOn(requireReadOnlyRoot, { type: "aws:s3/bucket:Bucket", properties: {} })).toBeUndefined();
});
