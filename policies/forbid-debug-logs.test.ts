import { expect, test } from "vitest";
import { deployment, dockerContainer, dockerService, taskDefinition } from "./example-resources.ts";
import { forbidDebugLogs } from "./forbid-debug-logs.ts";
import type { ExampleResource } from "./policy.ts";
import { found, foundIn } from "./testing.ts";
import { UNKNOWN } from "./values.ts";

test.each<[string, ExampleResource]>([
  ["a variable", deployment({ env: [{ name: "APP_LOG_LEVEL", value: "debug" }] })],
  ["a switch", deployment({ env: [{ name: "DEBUG", value: "true" }] })],
  ["an argument", deployment({ args: ["-log.level=debug"] })],
  ["an argument in two words", deployment({ args: ["--log-level", "trace"] })],
  ["postgres' own", deployment({ args: ["-c", "log_min_messages=debug1"] })],
  ["klog's", deployment({ args: ["--v=6"] })],
  ["ecs", taskDefinition({ environment: [{ name: "LOG_LEVEL", value: "TRACE" }] })],
  ["docker", dockerContainer({ envs: ["RUST_LOG=debug"] })],
  ["swarm", dockerService({ env: { LOGLEVEL: "debug" } })],
])("%s at DEBUG is found in production, and only there", (_, resource) => {
  expect(found(forbidDebugLogs, resource)).toEqual([expect.stringContaining('container "api" logs at DEBUG')]);
  expect(foundIn("staging", forbidDebugLogs, resource)).toEqual([]);
  expect(foundIn("development", forbidDebugLogs, resource)).toEqual([]);
});

test.each<[string, ExampleResource]>([
  ["a higher level", deployment({ env: [{ name: "LOG_LEVEL", value: "INFO" }], args: ["--log.level=warn", "--v=2"] })],
  ["another variable", deployment({ env: [{ name: "MODE", value: "debug" }] })],
  ["a switch that is off", dockerContainer({ envs: ["DEBUG=false"] })],
])("%s passes", (_, resource) => {
  expect(found(forbidDebugLogs, resource)).toEqual([]);
});

test("unknown values are named", () => {
  expect(
    found(
      forbidDebugLogs,
      deployment({
        env: [
          { name: "LOG_LEVEL", value: UNKNOWN },
          { name: "HOST", value: UNKNOWN },
        ],
      }),
    ),
  ).toEqual(["api? spec.template.spec.containers[0].env[0].value"]);
  expect(found(forbidDebugLogs, dockerContainer({ envs: UNKNOWN }))).toEqual(["api? envs"]);
});
