import { describe, expect, test } from "vitest";
import { bootstrapAsks, platformAsks } from "../tests/config/aws/asked.ts";
import { type Ask, isAllowed } from "../tests/support/iam.ts";
import { at, list, text } from "../tests/support/json.ts";
import { boundaryArn, boundaryPolicy, deployPolicy, deployTrust, stateBucket } from "./permissions.ts";
import { bootstrapSettings } from "./settings.ts";

const settings = bootstrapSettings({
  accountId: "111122223333",
  region: "eu-central-1",
  repository: "acme/trading",
});
const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/state";

describe("who may deploy production", () => {
  const trust = deployTrust(settings, "prod", "main");
  /** What GitHub says in a token, by the names that AWS gives it. */
  const token = (sub: string, ref: string, aud = "sts.amazonaws.com"): Ask => ({
    action: "sts:AssumeRoleWithWebIdentity",
    context: Object.fromEntries(
      Object.entries({ sub, ref, aud }).map(([claim, value]) => [
        `token.actions.githubusercontent.com:${claim}`,
        value,
      ]),
    ),
  });

  test("a job of the environment on its branch", () => {
    expect(isAllowed(trust, token("repo:acme/trading:environment:prod", "refs/heads/main"))).toBe(true);
  });

  test.each<[string, Ask]>([
    ["another branch that names the environment", token("repo:acme/trading:environment:prod", "refs/heads/develop")],
    ["a branch whose name begins alike", token("repo:acme/trading:environment:prod", "refs/heads/main-2")],
    ["a tag of the branch's name", token("repo:acme/trading:environment:prod", "refs/tags/main")],
    ["the branch without the environment", token("repo:acme/trading:ref:refs/heads/main", "refs/heads/main")],
    ["another environment", token("repo:acme/trading:environment:staging", "refs/heads/main")],
    ["a pull request", token("repo:acme/trading:pull_request", "refs/pull/7/merge")],
    ["a fork", token("repo:mallory/trading:environment:prod", "refs/heads/main")],
    ["a repository whose name begins alike", token("repo:acme/trading2:environment:prod", "refs/heads/main")],
    ["a token for somebody else", token("repo:acme/trading:environment:prod", "refs/heads/main", "api.acme.example")],
    ["a token that says nothing", { action: "sts:AssumeRoleWithWebIdentity" }],
    [
      "somebody with a role of AWS",
      { ...token("repo:acme/trading:environment:prod", "refs/heads/main"), action: "sts:AssumeRole" },
    ],
  ])("not %s", (_, ask) => expect(isAllowed(trust, ask)).toBe(false));

  test("a repository of which GitHub's tokens tell the numbers: by name and numbers, and no other of that name", () => {
    const numbered = deployTrust({ ...settings, repositoryIds: { owner: 12, repository: 345 } }, "prod", "main");
    const asks = (repository: string): boolean =>
      isAllowed(numbered, token(`repo:${repository}:environment:prod`, "refs/heads/main"));
    expect(asks("acme@12/trading@345")).toBe(true);
    for (const other of ["acme/trading", "acme@12/trading@346", "acme@13/trading@345"]) expect(asks(other)).toBe(false);
  });

  test("only GitHub's own issuer, in this account", () => {
    expect(at(JSON.parse(trust), "Statement", 0, "Principal")).toEqual({
      Federated: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
    });
  });
});

describe("what a deploy of staging may do", () => {
  const policy = deployPolicy(settings, "staging", keyArn);
  const region = { "aws:RequestedRegion": "eu-central-1" };
  const state = `arn:aws:s3:::${stateBucket(settings)}/.pulumi`;
  const role = (path: string): string => `arn:aws:iam::111122223333:role/${path}`;
  const bounded = { "iam:PermissionsBoundary": boundaryArn(settings) };
  const ecs = { action: "ecs:UpdateService", resource: "arn:aws:ecs:eu-central-1:111122223333:service/x/backend" };

  test.each<[string, Ask]>([
    ["update its services", { ...ecs, context: { ...region, "aws:ResourceTag/stack": "staging" } }],
    ["make what has no tag yet", { action: "ec2:CreateVpc", context: region }],
    ["write its state", { action: "s3:PutObject", resource: `${state}/stacks/trading-platform/staging.json` }],
    [
      "lock its state",
      { action: "s3:PutObject", resource: `${state}/locks/organization/trading-platform/staging/1.json` },
    ],
    ["read its secrets", { action: "kms:Decrypt", resource: keyArn }],
    [
      "push images",
      { action: "ecr:PutImage", resource: "arn:aws:ecr:eu-central-1:111122223333:repository/trading/backend" },
    ],
    [
      "make a bounded role",
      { action: "iam:CreateRole", resource: role("trading-staging/backend-task"), context: bounded },
    ],
    [
      "hand a role to ECS",
      {
        action: "iam:PassRole",
        resource: role("trading-staging/x"),
        context: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
      },
    ],
    ["make its buckets", { action: "s3:CreateBucket", resource: "arn:aws:s3:::trading-staging-logs-111122223333" }],
  ])("%s", (_, ask) => expect(isAllowed(policy, ask)).toBe(true));

  test.each<[string, Ask]>([
    ["touch production's services", { ...ecs, context: { ...region, "aws:ResourceTag/stack": "prod" } }],
    ["make something elsewhere", { action: "ec2:CreateVpc", context: { "aws:RequestedRegion": "us-east-1" } }],
    ["write production's state", { action: "s3:PutObject", resource: `${state}/stacks/trading-platform/prod.json` }],
    [
      "write the state of a stack whose name begins alike",
      { action: "s3:PutObject", resource: `${state}/stacks/trading-platform/staging2.json` },
    ],
    [
      "write bootstrap's state",
      { action: "s3:PutObject", resource: `${state}/stacks/trading-platform-bootstrap/bootstrap.json` },
    ],
    [
      "delete earlier versions of its state",
      { action: "s3:DeleteObjectVersion", resource: `${state}/stacks/trading-platform/staging.json` },
    ],
    ["delete the state's key", { action: "kms:ScheduleKeyDeletion", resource: keyArn }],
    [
      "delete images",
      { action: "ecr:BatchDeleteImage", resource: "arn:aws:ecr:eu-central-1:111122223333:repository/trading/backend" },
    ],
    [
      "change retention",
      {
        action: "ecr:PutLifecyclePolicy",
        resource: "arn:aws:ecr:eu-central-1:111122223333:repository/trading/backend",
      },
    ],
    ["make a role without a boundary", { action: "iam:CreateRole", resource: role("trading-staging/x") }],
    [
      "make a role with another boundary",
      {
        action: "iam:CreateRole",
        resource: role("trading-staging/x"),
        context: { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" },
      },
    ],
    [
      "take a boundary away",
      { action: "iam:DeleteRolePermissionsBoundary", resource: role("trading-staging/x"), context: bounded },
    ],
    ["change the boundary", { action: "iam:CreatePolicyVersion", resource: boundaryArn(settings) }],
    [
      "give a role somebody else's policy",
      { action: "iam:AttachRolePolicy", resource: role("trading-staging/x"), context: bounded },
    ],
    [
      "change its own role",
      { action: "iam:PutRolePolicy", resource: role("trading-deploy-staging"), context: bounded },
    ],
    ["change whom its role trusts", { action: "iam:UpdateAssumeRolePolicy", resource: role("trading-deploy-staging") }],
    ["make production's roles", { action: "iam:CreateRole", resource: role("trading-prod/x"), context: bounded }],
    [
      "hand its own role to a host",
      {
        action: "iam:PassRole",
        resource: role("trading-deploy-prod"),
        context: { "iam:PassedToService": "ec2.amazonaws.com" },
      },
    ],
    [
      "read production's secrets",
      {
        action: "secretsmanager:GetSecretValue",
        resource: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/databasePassword-AbCdEf",
      },
    ],
    ["make a user", { action: "iam:CreateUser", resource: "arn:aws:iam::111122223333:user/x" }],
    ["take another role", { action: "sts:AssumeRole", resource: role("admin") }],
  ])("not %s", (_, ask) => expect(isAllowed(policy, ask)).toBe(false));

  test("is no longer than IAM takes: 10,240 letters for a role, 6,144 for a boundary", () => {
    for (const stack of ["staging", "a-stack-of-24-letters-xx"])
      expect(deployPolicy(settings, stack, keyArn).length).toBeLessThanOrEqual(10_240);
    expect(boundaryPolicy().length).toBeLessThanOrEqual(6144);
  });
});

describe.each(["staging", "prod"])("the roles of %s", (stack) => {
  test("are allowed nothing that the boundary takes away, and have path and boundary", async () => {
    const asked = await platformAsks(stack);
    const roles = asked.filter(({ type }) => type === "aws:iam/role:Role");
    expect(roles.length).toBeGreaterThan(10);
    for (const { inputs } of roles)
      expect(inputs).toMatchObject({ path: `/trading-${stack}/`, permissionsBoundary: boundaryArn(settings) });
    const actions = asked
      .filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")
      .flatMap(({ inputs }) => list(at(JSON.parse(text(inputs.policy) ?? "{}"), "Statement")))
      .flatMap((statement) => list(at(statement, "Action")).flatMap((action) => text(action) ?? []));
    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter((action) => !isAllowed(boundaryPolicy(), { action }))).toEqual([]);
  });
});

test("what a deploy role may only read, Pulumi's first deploy finds: it would write it", async () => {
  const policy = deployPolicy(settings, "staging", keyArn);
  const ask = (action: string): Ask => ({
    action,
    resource: `arn:aws:s3:::${stateBucket(settings)}/.pulumi/meta.yaml`,
  });
  expect([isAllowed(policy, ask("s3:GetObject")), isAllowed(policy, ask("s3:PutObject"))]).toEqual([true, false]);
  const made = (await bootstrapAsks()).filter(({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2");
  expect(made.map(({ inputs }) => [inputs.key, inputs.content])).toEqual([[".pulumi/meta.yaml", "version: 1\n"]]);
});

test("an account that trusts GitHub already gets no second provider, which it cannot have", async () => {
  const made = async (more: object) =>
    (await bootstrapAsks(more)).filter(({ type }) => type === "aws:iam/openIdConnectProvider:OpenIdConnectProvider");
  expect(await made({})).toHaveLength(1);
  expect(await made({ githubKnown: true })).toEqual([]);
});

test.each(["iam:CreateRole", "sts:AssumeRole", "ec2:RunInstances", "s3:DeleteBucket", "organizations:ListAccounts"])(
  "the boundary does not let a stack's role %s",
  (action) => expect(isAllowed(boundaryPolicy(), { action })).toBe(false),
);
