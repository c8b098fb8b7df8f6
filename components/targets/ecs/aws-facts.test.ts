import { beforeAll, describe, expect, test } from "vitest";
import { monitoringHostScript } from "./host-script.ts";
import { cache, database } from "./samples.ts";
import { type Asked, askedFor } from "./testing.ts";

/** What AWS or its provider does otherwise than their types say; each learned from a thread or a page that the code names. */
let all: readonly Asked[];
beforeAll(async () => {
  all = await askedFor();
}, 120_000);

const ofType = (type: string) => all.filter((asked) => asked.type === type);

describe("a name", () => {
  test("has a health that ECS can tell: the provider drops an empty block, and ECS ends tasks whose name takes none", () => {
    const managed = [database.name, cache.name];
    const names = ofType("aws:servicediscovery/service:Service").filter(({ name }) => !managed.includes(name));
    expect(names.map(({ name }) => name).sort()).toEqual(["backend", "gateway", "loki"]);
    for (const { inputs } of names) expect(inputs.healthCheckCustomConfig).toEqual({ failureThreshold: 1 });
  });
});

test("a data volume that grew comes to a new host, where its file system grows: EBS grows the disk alone", () => {
  const script = (sizeGiB: number) => monitoringHostScript("trading-prod", { id: "vol-0a1b", sizeGiB });
  expect(script(22)).not.toBe(script(33));
  const template = ofType("aws:ec2/launchTemplate:LaunchTemplate").find(({ name }) => name === "monitoring-host");
  const data = Buffer.from(String(template?.inputs.userData), "base64").toString();
  expect(data).toContain("xfs_growfs /data # to 22 GiB\n");
});

describe("a bucket", () => {
  test("goes with its objects where the stack may go, for S3 deletes none that holds something; production's stays", async () => {
    const forced = (asked: readonly Asked[]) =>
      asked.filter(({ type }) => type === "aws:s3/bucket:Bucket").map(({ inputs }) => inputs.forceDestroy);
    expect(forced(all)).toEqual([false, false, false]);
    expect(forced(await askedFor({ environment: "staging", stack: "staging" }))).toEqual([true, true, true]);
  });
});

test("a parameter takes a certificate with its chain, which is longer than the 4 KB of a standard one", () => {
  const parameters = ofType("aws:ssm/parameter:Parameter").map(({ name, inputs }) => [name, inputs.tier]);
  expect(parameters).toEqual([["tlsPrivateKey", "Intelligent-Tiering"]]);
});

describe("the alarms' topic", () => {
  const statements = (service: string): readonly Record<string, unknown>[] =>
    JSON.parse(String(ofType("aws:sns/topicPolicy:TopicPolicy")[0]?.inputs.policy)).Statement.filter(
      ({ Principal }: { readonly Principal: { readonly Service: string } }) => Principal.Service === service,
    );

  test("takes CloudWatch's messages of this account alone", () => {
    expect(statements("cloudwatch.amazonaws.com")).toMatchObject([
      { Action: "sns:Publish", Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } },
    ]);
  });

  test("takes EventBridge's without a condition, which none of them ever meets", () => {
    expect(statements("events.amazonaws.com")).toMatchObject([{ Effect: "Allow", Action: "sns:Publish" }]);
    expect(statements("events.amazonaws.com")[0]).not.toHaveProperty("Condition");
  });
});
