import { describe, expect, test } from "vitest";
import { parseUrn } from "../identity.ts";
import { loadTable } from "../schema/load.ts";
import { resourceTypes } from "../schema/resource-types.ts";
import { hasUnknown, type Properties, unknown } from "../value.ts";
import { functions } from "./functions.ts";
import { aws } from "./model.ts";
import { awsProblems } from "./problems.ts";

const config = { region: "eu-central-1", allowedAccountIds: '["210987654321"]' };

function create(type: string, inputs: Properties, preview = false) {
  const resource = parseUrn(`urn:pulumi:dev::p::${type}::thing`);
  const filled = aws.fill({ resource, inputs, seed: resource.urn });
  const instance = { resource, inputs: filled, seed: resource.urn, config };
  const id = aws.id(instance);
  return { id, inputs: filled, outputs: aws.outputs(preview ? instance : { ...instance, id }) };
}

describe("what is made up looks real", () => {
  test("ids, ARNs, automatic names", () => {
    const vpc = create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
    expect(vpc.id).toMatch(/^vpc-0[0-9a-f]{16}$/);
    expect(vpc.outputs.arn).toBe(`arn:aws:ec2:eu-central-1:210987654321:vpc/${vpc.id}`);
    const cluster = create("aws:ecs/cluster:Cluster", {});
    expect(cluster.outputs.name).toMatch(/^thing-[0-9a-f]{7}$/);
    expect(cluster.id).toBe(`arn:aws:ecs:eu-central-1:210987654321:cluster/${cluster.outputs.name}`);
    const role = create("aws:iam/role:Role", { assumeRolePolicy: "{}", name: "deploy" });
    expect(role.id).toBe("deploy");
    expect(role.outputs.arn).toBe("arn:aws:iam::210987654321:role/deploy");
    const bucket = create("aws:s3/bucket:Bucket", { bucket: "logs" });
    expect(bucket.outputs.arn).toBe("arn:aws:s3:::logs");
    expect(bucket.outputs.bucketRegionalDomainName).toBe("logs.s3.eu-central-1.amazonaws.com");
  });

  test("a load balancer, its listener and what CloudWatch calls it", () => {
    const balancer = create("aws:lb/loadBalancer:LoadBalancer", { name: "web" });
    expect(balancer.outputs.arnSuffix).toMatch(/^app\/web\/[0-9a-f]{16}$/);
    expect(balancer.outputs.dnsName).toMatch(/^web-\d+\.eu-central-1\.elb\.amazonaws\.com$/);
    const listener = create("aws:lb/listener:Listener", { loadBalancerArn: balancer.id, defaultActions: [] });
    expect(listener.id).toMatch(/:eu-central-1:210987654321:listener\/app\/web\/[0-9a-f]{16}\/[0-9a-f]{16}$/);
    const group = create("aws:lb/targetGroup:TargetGroup", { name: "web", port: 80 });
    expect(group.outputs.arnSuffix).toMatch(/^targetgroup\/web\/[0-9a-f]{16}$/);
  });

  test("a database's endpoint", () => {
    const { outputs } = create("aws:rds/instance:Instance", {
      identifier: "db",
      engine: "postgres",
      instanceClass: "x",
    });
    expect(outputs.endpoint).toMatch(/^db\.[0-9a-z]{12}\.eu-central-1\.rds\.amazonaws\.com:5432$/);
  });

  test("a name is cut before its suffix where AWS allows 32 characters", () => {
    const resource = parseUrn(`urn:pulumi:dev::p::aws:lb/targetGroup:TargetGroup::${"long-".repeat(10)}`);
    const { name } = aws.fill({ resource, inputs: {}, seed: "s" });
    expect(name).toMatch(/^.{24}-[0-9a-f]{7}$/);
  });
});

describe("at preview", () => {
  test("only what inputs and configuration determine is known", () => {
    const { outputs } = create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", tags: { a: "b" } }, true);
    expect(outputs).toMatchObject({ cidrBlock: "10.0.0.0/16", arn: unknown, defaultSecurityGroupId: unknown });
    expect(outputs).toMatchObject({ tagsAll: { a: "b" }, region: "eu-central-1", enableDnsSupport: true });
  });

  test("an update keeps what does not change; a launch template's version is new", () => {
    const type = "aws:ec2/launchTemplate:LaunchTemplate";
    const { id, outputs } = create(type, { name: "t", imageId: "ami-1" });
    const resource = parseUrn(`urn:pulumi:dev::p::${type}::thing`);
    const instance = { resource, seed: resource.urn, config, previous: outputs };
    const changed = aws.outputs({ ...instance, inputs: { name: "t", imageId: "ami-2" } });
    expect(changed).toMatchObject({ arn: outputs.arn, latestVersion: unknown });
    const same = aws.outputs({ ...instance, id, inputs: { name: "t", imageId: "ami-1" } });
    expect(same.latestVersion).toBe(outputs.latestVersion);
  });
});

test.each(resourceTypes.aws)("%s gets an id and outputs without anything unknown", (type) => {
  const required = Object.entries(loadTable("aws").resources[type]?.inputs ?? {}).filter(([, code]) =>
    code.startsWith("*"),
  );
  const { id, outputs } = create(type, Object.fromEntries(required.map(([key]) => [key, "x"])));
  expect(id).not.toBe("");
  expect(hasUnknown(outputs)).toBe(false);
  expect(String(outputs.arn ?? "arn:aws:")).toMatch(/^arn:aws:|^x$/);
});

describe("rules beyond the table", () => {
  test("container definitions", () => {
    const problems = (containers: unknown) =>
      awsProblems("aws:ecs/taskDefinition:TaskDefinition", { containerDefinitions: JSON.stringify(containers) }).map(
        (it) => it.property,
      );
    expect(problems([{ name: "a", image: "b" }])).toEqual([]);
    expect(problems([{ name: "a" }, { name: "a", image: "b" }])).toEqual([
      "containerDefinitions[0].image",
      "containerDefinitions[1].name",
    ]);
    expect(problems([])).toEqual(["containerDefinitions"]);
    expect(awsProblems("aws:ecs/taskDefinition:TaskDefinition", { containerDefinitions: "[{" })).toHaveLength(1);
    expect(awsProblems("aws:ecs/taskDefinition:TaskDefinition", { containerDefinitions: unknown })).toEqual([]);
  });

  test("a retention that CloudWatch does not know", () => {
    expect(awsProblems("aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 10 })[0]?.reason).toMatch(
      /^is 10; allowed are 0, 1, 3/,
    );
  });
});

describe("functions", () => {
  test("account, region and zones are those of the configuration", () => {
    const call = (name: string) => functions[`aws:index/${name}:${name}`]?.({}, config);
    expect(call("getCallerIdentity")).toMatchObject({ accountId: "210987654321" });
    expect(call("getRegion")).toMatchObject({ region: "eu-central-1" });
    expect(call("getAvailabilityZones")).toMatchObject({ names: ["eu-central-1a", "eu-central-1b", "eu-central-1c"] });
  });

  test("the recommended AMI is JSON under its parameter, an id below it", () => {
    const parameter = (name: string) => functions["aws:ssm/getParameter:getParameter"]?.({ name }, config).value;
    const recommended = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended";
    expect(JSON.parse(String(parameter(recommended)))).toMatchObject({
      image_id: expect.stringMatching(/^ami-0[0-9a-f]{16}$/),
    });
    expect(parameter(`${recommended}/image_id`)).toMatch(/^ami-0[0-9a-f]{16}$/);
  });

  test("a policy document is rendered", () => {
    const result = functions["aws:iam/getPolicyDocument:getPolicyDocument"]?.(
      {
        statements: [
          {
            sid: "Read",
            actions: ["s3:GetObject"],
            resources: ["a", "b"],
            principals: [{ type: "Service", identifiers: ["ecs.amazonaws.com"] }],
            conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["1"] }],
          },
        ],
      },
      config,
    );
    expect(JSON.parse(String(result?.json))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Read",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: ["a", "b"],
          Principal: { Service: "ecs.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "1" } },
        },
      ],
    });
  });
});
