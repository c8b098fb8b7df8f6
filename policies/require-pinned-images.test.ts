import { expect, test } from "vitest";
import { moving } from "./image-tag.ts";
import type { ExampleResource } from "./policy.ts";
import { requirePinnedImages } from "./require-pinned-images.ts";
import { found } from "./testing.ts";
import { UNKNOWN, type Value } from "./values.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;

test.each([
  "nginx",
  "nginx:latest",
  "nginx:alpine",
  "python:bookworm",
  "node:alpine3.20",
  "api:main",
  "localhost:5000/api",
  "ghcr.io/acme/api:stable",
])("%s moves", (image) => expect(moving(image)).toBeDefined());

test.each([
  "nginx:1.29.1",
  "nginx:1.29-alpine",
  "redis:7.4.5-alpine",
  `nginx@${DIGEST}`,
  `nginx:latest@${DIGEST}`,
  "api:v2",
  "api:3f2a1bc",
  "api:deadbee",
  "localhost:5000/api:1.0",
  "grafana/loki:3.4.2",
])("%s does not, as far as a name can tell", (image) => expect(moving(image)).toBeUndefined());

const task = (containerDefinitions: Value): ExampleResource => ({
  type: "aws:ecs/taskDefinition:TaskDefinition",
  name: "task",
  properties: { containerDefinitions },
});

test("an image is named without its tag, and unknown ones are named by their place", () => {
  expect(found(requirePinnedImages, task(JSON.stringify([{ name: "a", image: "acme/api:latest" }])))).toEqual([
    expect.stringContaining("image acme/api tag latest moves"),
  ]);
  expect(found(requirePinnedImages, task(UNKNOWN))).toEqual(["task? containerDefinitions"]);
});

test("not applicable to a stack without images", () => {
  expect(requirePinnedImages.stackRules[0]?.judge([], { environment: "production", setting: () => 0 })).toMatchObject({
    kind: "not-applicable",
  });
});
