import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ECS } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ensurePython } from "../../../cli/setup/python.ts";
import { Cloud } from "../../../components/targets/ecs/running/cloud.ts";
import { failureOf, problemOf } from "../../../components/targets/ecs/running/requested.ts";
import { seconds } from "../../../components/workload/index.ts";
import { type Fate, fates } from "../../../offline/aws/ecs/rollout.ts";
import { type ApiCall, type RunningCloud, serveCloud } from "../../../offline/aws/ecs/serve.ts";
import { SettledServices } from "../../../offline/aws/ecs/settle.ts";

let cloud: RunningCloud;
beforeEach(async () => {
  cloud = await serveCloud();
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});

const cluster = "arn:aws:ecs:eu-central-1:111122223333:cluster/trading-prod";
const revision = (number: number) => `arn:aws:ecs:eu-central-1:111122223333:task-definition/backend:${number}`;
const type = "aws:ecs/service:Service";

/** Lets a release of that fate happen, and asks about it as an update does. */
async function deployAndAsk(fate: Fate): Promise<void> {
  const provider = new SettledServices(new ECS({ region: "eu-central-1" }), "current");
  const service = { cluster, name: "backend", desiredCount: 2 };
  const before = { ...service, taskDefinition: revision(1) };
  const after = { ...service, taskDefinition: revision(2) };
  await provider.settle(type, undefined, before);
  cloud.cluster.wrote("prepare", ["no such secret"]);
  cloud.cluster.script("backend", fate);
  await provider.settle(type, before, after).catch(() => {});
  await provider.read(type, after);
  const asked = { cluster, service: "backend", taskDefinition: revision(2), stack: "prod", logGroup: "/preparation" };
  const open = await Cloud.open("eu-central-1");
  await problemOf(asked, open, seconds(1));
  await failureOf(asked, open);
}

/** What botocore says against calls and answers. */
async function faults(calls: readonly ApiCall[]): Promise<readonly string[]> {
  const python = await ensurePython(join(import.meta.dirname, "requirements.txt"), "moto");
  const { status, stdout, stderr } = spawnSync(python.command, [join(import.meta.dirname, "shapes.py")], {
    input: JSON.stringify(calls),
    env: python.environment,
    encoding: "utf8",
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`shapes.py ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}

test("botocore finds nothing to say against what is asked of ECS during a rollout, nor against the scripted answers", {
  timeout: 600_000,
}, async () => {
  for (const fate of fates) await deployAndAsk(fate);
  const operations = [...new Set(cloud.calls.map(({ service, operation }) => `${service}:${operation}`))].sort();
  expect(operations).toEqual([
    "ecs:CreateService",
    "ecs:DescribeServiceDeployments",
    "ecs:DescribeServices",
    "ecs:DescribeTasks",
    "ecs:ListServiceDeployments",
    "ecs:ListTasks",
    "ecs:UpdateService",
    "logs:GetLogEvents",
  ]);
  expect(await faults(cloud.calls)).toEqual([]);
  const wrong = cloud.calls.map((call) =>
    call.operation === "ListTasks" ? { ...call, parameters: { ...call.parameters, desiredStatus: 7 } } : call,
  );
  expect((await faults(wrong)).join("\n")).toContain("ecs:ListTasks request: Invalid type for parameter desiredStatus");
});
