import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { ensurePython, type Python } from "../../../cli/setup/python.ts";
import { context } from "../../../components/targets/ecs/samples.ts";
import { type Asked, askedFor } from "../../../components/targets/ecs/testing.ts";
import { bootstrapAsks, platformAsks } from "./asked.ts";
import { type Call, callsFor, judgedTypes } from "./calls.ts";

interface Verdict {
  readonly label: string;
  /** What botocore's parameter validation says; empty when it has nothing to say. */
  readonly invalid: string;
  /** What moto answered in place of success. */
  readonly refused: string;
}

const folder = import.meta.dirname;
let python: Python;
beforeAll(async () => {
  python = await ensurePython(join(folder, "requirements.txt"), "moto");
}, 600_000);

/** The calls that AWS would not take. */
function faulty(calls: readonly Call[]): readonly Verdict[] {
  const { status, stdout, stderr } = spawnSync(python.command, [join(folder, "judge.py")], {
    input: JSON.stringify(calls),
    env: python.environment,
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`judge.py ended with ${status}:\n${stderr}`);
  const verdicts: readonly Verdict[] = JSON.parse(stdout);
  expect(verdicts).toHaveLength(calls.length);
  return verdicts.filter(({ invalid, refused }) => invalid !== "" || refused !== "");
}

describe("AWS takes what the program asks for", () => {
  test.each(["staging", "prod"])(
    "%s",
    async (stack) => {
      const asked = await platformAsks(stack);
      const calls = callsFor(asked);
      expect(calls.filter(({ operation }) => operation === "CreateService").length).toBeGreaterThanOrEqual(13);
      expect(faulty(calls)).toEqual([]);
    },
    300_000,
  );

  test("bootstrap", async () => {
    const calls = callsFor(await bootstrapAsks());
    expect(calls.filter(({ operation }) => operation === "PutLifecyclePolicy")).toHaveLength(3);
    expect(faulty(calls)).toEqual([]);
  }, 300_000);

  test("a registry's user and password", async () => {
    const secretSources = { ...context.secretSources, registryPassword: { kind: "config", key: "x" } as const };
    const calls = callsFor(await askedFor({ registryUser: "robot", secretSources }));
    expect(calls.map(({ operation }) => operation)).toContain("PutSecretValue");
    expect(faulty(calls)).toEqual([]);
  }, 300_000);

  test("every mapped type is among them", async () => {
    const secretSources = { ...context.secretSources, registryPassword: { kind: "config", key: "x" } as const };
    const asked = [
      ...(await platformAsks("prod")),
      ...(await bootstrapAsks()),
      ...(await askedFor({ registryUser: "robot", secretSources })),
    ];
    expect(judgedTypes.filter((type) => !asked.some((one) => one.type === type))).toEqual([]);
  }, 300_000);
});

describe("a wrong value is found", () => {
  let good: readonly Asked[];
  beforeAll(async () => {
    good = [...(await askedFor()), ...(await bootstrapAsks())];
  }, 300_000);

  const changed = (type: string, change: (inputs: Record<string, unknown>) => Record<string, unknown>) =>
    callsFor(good.map((one) => (one.type === type ? { ...one, inputs: change({ ...one.inputs }) } : one)));

  test.each<[string, string, (inputs: Record<string, unknown>) => Record<string, unknown>, RegExp]>([
    [
      "a repository's name of one letter",
      "aws:ecr/repository:Repository",
      (inputs) => ({ ...inputs, name: "x" }),
      /repositoryName, value: 1, valid min length: 2/,
    ],
    [
      "a check every second",
      "aws:lb/targetGroup:TargetGroup",
      (inputs) => ({ ...inputs, healthCheck: { ...record(inputs.healthCheck), interval: 1 } }),
      /HealthCheckIntervalSeconds, value: 1, valid min value: 5/,
    ],
    [
      "a health check that is text",
      "aws:ecs/taskDefinition:TaskDefinition",
      (inputs) => ({
        ...inputs,
        containerDefinitions: String(inputs.containerDefinitions).replace(/"command":\["CMD"/g, '"command":["CMD",7'),
      }),
      /healthCheck\.command\[1\]/,
    ],
    [
      "a field that a container does not have",
      "aws:ecs/taskDefinition:TaskDefinition",
      (inputs) => ({
        ...inputs,
        containerDefinitions: String(inputs.containerDefinitions).replaceAll('"stopTimeout"', '"stopTimout"'),
      }),
      /Unknown parameter in containerDefinitions.*stopTimout/,
    ],
    [
      "a percentage as text",
      "aws:ecs/service:Service",
      (inputs) => ({ ...inputs, deploymentMaximumPercent: "200" }),
      /maximumPercent/,
    ],
    [
      "no evaluation period",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      (inputs) => ({ ...inputs, evaluationPeriods: 0 }),
      /EvaluationPeriods, value: 0, valid min value: 1/,
    ],
    [
      "a rule that counts what nobody counts",
      "aws:ecr/lifecyclePolicy:LifecyclePolicy",
      (inputs) => ({ ...inputs, policy: String(inputs.policy).replaceAll("imageCountMoreThan", "imagesMoreThan") }),
      /InvalidParameterException/,
    ],
  ])("%s", (_, type, change, message) => {
    const found = faulty(changed(type, change)).filter(({ label }) => label.startsWith(type));
    expect(found.map(({ invalid, refused }) => `${invalid}${refused}`).join("\n")).toMatch(message);
  });
});

const record = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
