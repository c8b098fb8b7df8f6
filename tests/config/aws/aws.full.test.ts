import { beforeAll, describe, expect, test } from "vitest";
import { context } from "../../../components/targets/ecs/samples.ts";
import { type Asked, askedFor } from "../../../components/targets/ecs/testing.ts";
import { configInVault } from "../../../components/vault/testing.ts";
import { bootstrapAsks, platformAsks } from "./asked.ts";
import type { Call } from "./call.ts";
import { callsFor, judgedTypes } from "./calls.ts";
import { faulty, type Verdict } from "./judge.ts";

/** A wrong value in the inputs of a type, and what must be said to it. */
interface Mistake {
  readonly name: string;
  readonly type: string;
  readonly change: (inputs: Asked["inputs"]) => Asked["inputs"];
  readonly message: RegExp;
}

const inDefinitions = (from: string, to: string) => (inputs: Asked["inputs"]) => ({
  ...inputs,
  containerDefinitions: String(inputs.containerDefinitions).replaceAll(from, to),
});
const inVault = "prod with its secrets in Vault";

const record = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

const mistakes: readonly Mistake[] = [
  {
    name: "a repository's name of one letter",
    type: "aws:ecr/repository:Repository",
    change: (inputs) => ({ ...inputs, name: "x" }),
    message: /repositoryName, value: 1, valid min length: 2/,
  },
  {
    name: "a check every second",
    type: "aws:lb/targetGroup:TargetGroup",
    change: (inputs) => ({ ...inputs, healthCheck: { ...record(inputs.healthCheck), interval: 1 } }),
    message: /HealthCheckIntervalSeconds, value: 1, valid min value: 5/,
  },
  {
    name: "a number in a health check's command",
    type: "aws:ecs/taskDefinition:TaskDefinition",
    change: inDefinitions('"command":["CMD"', '"command":["CMD",7'),
    message: /healthCheck\.command\[1\]/,
  },
  {
    name: "a field that a container does not have",
    type: "aws:ecs/taskDefinition:TaskDefinition",
    change: inDefinitions('"stopTimeout"', '"stopTimout"'),
    message: /Unknown parameter in containerDefinitions.*stopTimout/,
  },
  {
    name: "a percentage as text",
    type: "aws:ecs/service:Service",
    change: (inputs) => ({ ...inputs, deploymentMaximumPercent: "200" }),
    message: /maximumPercent/,
  },
  {
    name: "no evaluation period",
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    change: (inputs) => ({ ...inputs, evaluationPeriods: 0 }),
    message: /EvaluationPeriods, value: 0, valid min value: 1/,
  },
  {
    name: "a role's session of a minute",
    type: "aws:iam/role:Role",
    change: (inputs) => ({ ...inputs, maxSessionDuration: 60 }),
    message: /MaxSessionDuration, value: 60, valid min value: 3600/,
  },
  {
    name: "a policy of a role that is none",
    type: "aws:iam/rolePolicy:RolePolicy",
    change: (inputs) => ({ ...inputs, policy: String(inputs.policy).replaceAll('"Action"', '"Actions"') }),
    message: /MalformedPolicyDocument/,
  },
  {
    name: "an alias that is no alias",
    type: "aws:kms/alias:Alias",
    change: (inputs) => ({ ...inputs, name: "trading-state" }),
    message: /alias/i,
  },
  {
    name: "a rule that counts what nobody counts",
    type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    change: (inputs) => ({
      ...inputs,
      policy: String(inputs.policy).replaceAll("imageCountMoreThan", "imagesMoreThan"),
    }),
    message: /InvalidParameterException/,
  },
];

const stacks = ["staging", "prod"] as const;
let right: readonly { readonly name: string; readonly calls: readonly Call[] }[];
let verdicts: readonly (readonly Verdict[])[];
let asked: readonly Asked[];

beforeAll(async () => {
  const ofStacks = [];
  for (const stack of stacks) ofStacks.push({ name: stack, asked: await platformAsks(stack) });
  ofStacks.push({ name: inVault, asked: await platformAsks("prod", configInVault("prod", "ecs")) });
  const bootstrap = await bootstrapAsks();
  const secretSources = { ...context.secretSources, registryPassword: { kind: "config", key: "x" } as const };
  const samples = await askedFor({ registryUser: "robot", secretSources });
  asked = [...ofStacks.flatMap((stack) => stack.asked), ...bootstrap, ...samples];
  right = [...ofStacks, { name: "bootstrap", asked: bootstrap }, { name: "samples", asked: samples }].map(
    ({ name, asked: all }) => ({ name, calls: callsFor(all) }),
  );
  const wrong = mistakes.map(({ type, change }) =>
    callsFor(
      [...samples, ...bootstrap].map((one) => (one.type === type ? { ...one, inputs: change(one.inputs) } : one)),
    ),
  );
  verdicts = await faulty([...right.map(({ calls }) => calls), ...wrong]);
}, 600_000);

describe("AWS takes what the program asks for", () => {
  test.each([...stacks, inVault, "bootstrap", "samples"].map((name, index) => ({ name, index })))(
    "$name",
    ({ index }) => {
      expect(verdicts[index]).toEqual([]);
    },
  );

  test("every mapped type is among it, and every service of the stacks", () => {
    expect(judgedTypes.filter((type) => !asked.some((one) => one.type === type))).toEqual([]);
    for (const { calls } of right.slice(0, stacks.length)) {
      expect(calls.filter(({ operation }) => operation === "CreateService").length).toBeGreaterThanOrEqual(13);
    }
  });
});

describe("a wrong value is found", () => {
  test.each(mistakes.map((mistake, index) => ({ ...mistake, index })))("$name", ({ type, message, index }) => {
    const found = (verdicts[right.length + index] ?? []).filter(({ label }) => label.startsWith(type));
    expect(found.map(({ invalid, refused }) => `${invalid}${refused}`).join("\n")).toMatch(message);
  });
});
