import { names } from "../components/targets/ecs/names.ts";
import { policyDocument, type Statement } from "../components/targets/ecs/permissions.ts";
import type { BootstrapSettings } from "./settings.ts";

export const githubIssuer = "token.actions.githubusercontent.com";
/** What GitHub's action for AWS credentials asks its tokens for. */
export const githubAudience = "sts.amazonaws.com";

/** The name of the Pulumi project whose stacks are deployed; part of every object of its state. */
const project = "trading-platform";

type Where = Pick<BootstrapSettings, "accountId" | "region" | "namespace">;

export const boundaryName = ({ namespace }: Where): string => `${namespace}-roles`;
export const boundaryArn = (where: Where): string => `arn:aws:iam::${where.accountId}:policy/${boundaryName(where)}`;
export const stateBucket = ({ namespace, accountId }: Where): string => `${namespace}-state-${accountId}`;
export const deployRoleName = ({ namespace }: Where, stack: string): string => `${namespace}-deploy-${stack}`;

/**
 * Who may take a stack's deploy role: jobs of this repository, in the GitHub environment of the stack's name, on the
 * stack's branch. Each is compared letter by letter, so that neither a fork nor another branch, environment, tag or
 * pull request passes.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
export function deployTrust(settings: BootstrapSettings, stack: string, branch: string): string {
  const { accountId } = settings;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/${githubIssuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${githubIssuer}:aud`]: githubAudience,
            [`${githubIssuer}:sub`]: `repo:${inTokens(settings)}:environment:${stack}`,
            [`${githubIssuer}:ref`]: `refs/heads/${branch}`,
          },
        },
      },
    ],
  });
}

/** The repository as GitHub's tokens name it. */
function inTokens({ repository, repositoryIds: ids }: BootstrapSettings): string {
  if (ids === undefined) return repository;
  const [owner, name] = repository.split("/");
  return `${owner}@${ids.owner}/${name}@${ids.repository}`;
}

/** Services whose resources have names that AWS makes: bound by region, and by the tag `stack` of what is there. */
const regional = [
  "acm",
  "application-autoscaling",
  "autoscaling",
  "cloudwatch",
  "ec2",
  "ecs",
  "elasticache",
  "elasticloadbalancing",
  "events",
  "logs",
  "rds",
  "servicediscovery",
  "sns",
];

const linked = ["autoscaling", "ecs", "ecs.application-autoscaling", "elasticache", "elasticloadbalancing", "rds"];

/** What a deploy of one stack needs, and not of another; `keyArn` encrypts the state. */
export function deployPolicy(settings: BootstrapSettings, stack: string, keyArn: string): string {
  const { accountId, region } = settings;
  const { prefix } = names(stack, settings);
  const other: DenyStatement = {
    Effect: "Deny",
    Action: ["*"],
    Resource: "*",
    // What carries another stack's tag; a resource without the tag is not meant.
    Condition: {
      StringNotEquals: { "aws:ResourceTag/stack": stack },
      Null: { "aws:ResourceTag/stack": "false" },
    },
  };
  const allowed: readonly Statement[] = [
    ...stateStatements(settings, stack, keyArn),
    ...imageStatements(settings),
    allow(
      regional.map((service) => `${service}:*`),
      "*",
      { StringEquals: { "aws:RequestedRegion": region } },
    ),
    allow(["s3:*"], [`arn:aws:s3:::${prefix}-*-${accountId}`, `arn:aws:s3:::${prefix}-*-${accountId}/*`]),
    allow(
      ["secretsmanager:*"],
      [`${prefix}/*`, `trading/${stack}/*`].map(
        (name) => `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}`,
      ),
    ),
    allow(
      [
        "ssm:AddTagsToResource",
        "ssm:DeleteParameter",
        "ssm:GetParameter*",
        "ssm:ListTagsForResource",
        "ssm:PutParameter",
      ],
      [`arn:aws:ssm:${region}:${accountId}:parameter/${prefix}/*`, `arn:aws:ssm:${region}::parameter/aws/service/*`],
    ),
    allow(["ssm:DescribeParameters"], "*"),
    allow(
      [
        "AssociateVPCWithHostedZone",
        "ChangeResourceRecordSets",
        "ChangeTagsForResource",
        "CreateHostedZone",
        "DeleteHostedZone",
        "Get*",
        "List*",
      ].map((action) => `route53:${action}`),
      "*",
    ),
    ...roleStatements(settings, prefix),
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement: [...allowed, other] });
}

interface DenyStatement extends Omit<Statement, "Effect"> {
  readonly Effect: "Deny";
}

/** Its own state and history alone, as Pulumi lays them out in a bucket (pkg/backend/diy). */
function stateStatements(settings: BootstrapSettings, stack: string, keyArn: string): readonly Statement[] {
  const bucket = `arn:aws:s3:::${stateBucket(settings)}`;
  const own = [
    ...["json", "json.bak", "pulumi-tags"].map((end) => `stacks/${project}/${stack}.${end}`),
    ...["history", "backups", "locks/organization"].map((kind) => `${kind}/${project}/${stack}/*`),
  ];
  return [
    allow(["s3:ListBucket", "s3:GetBucketLocation"], [bucket]),
    allow(["s3:GetObject"], [`${bucket}/.pulumi/meta.yaml`]),
    allow(
      ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      own.map((path) => `${bucket}/.pulumi/${path}`),
    ),
    allow(["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], [keyArn]),
  ];
}

/** Pushes and marks images; deletes none: the lifecycle rules do. */
const imageStatements = ({ accountId, region, namespace }: Where): readonly Statement[] => [
  allow(["ecr:GetAuthorizationToken"], "*"),
  allow(
    [
      "BatchCheckLayerAvailability",
      "BatchGetImage",
      "CompleteLayerUpload",
      "DescribeImages",
      "GetDownloadUrlForLayer",
      "InitiateLayerUpload",
      "PutImage",
      "UploadLayerPart",
    ].map((action) => `ecr:${action}`),
    [`arn:aws:ecr:${region}:${accountId}:repository/${namespace}/*`],
  ),
];

/**
 * Roles of the stack's own path, which can never do more than the boundary says: else who deploys could make a role
 * that may do everything, and take it.
 */
function roleStatements(where: Where, prefix: string): readonly Statement[] {
  const { accountId } = where;
  const roles = [`arn:aws:iam::${accountId}:role/${prefix}/*`];
  const bounded = { StringEquals: { "iam:PermissionsBoundary": boundaryArn(where) } };
  return [
    allow(["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"], roles, bounded),
    allow(
      ["DeleteRole", "Get*", "List*", "TagRole", "UntagRole", "UpdateAssumeRolePolicy"].map(
        (action) => `iam:${action}`,
      ),
      roles,
    ),
    allow(["iam:PassRole"], roles, {
      StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"] },
    }),
    allow(
      [
        "AddRoleToInstanceProfile",
        "CreateInstanceProfile",
        "DeleteInstanceProfile",
        "Get*",
        "List*",
        "RemoveRoleFromInstanceProfile",
        "TagInstanceProfile",
        "UntagInstanceProfile",
      ].map((action) => `iam:${action}`),
      [`arn:aws:iam::${accountId}:instance-profile/${prefix}/*`],
    ),
    allow(["iam:CreateServiceLinkedRole"], [`arn:aws:iam::${accountId}:role/aws-service-role/*`], {
      StringEquals: { "iam:AWSServiceName": linked.map((service) => `${service}.amazonaws.com`) },
    }),
  ];
}

/** What no role of a stack can do more of, whatever its own policy says. What it may do is in its own policy. */
export const boundaryPolicy = (): string =>
  policyDocument([
    allow(
      [
        "ec2:AttachVolume",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances",
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "ecs:DeregisterContainerInstance",
        "ecs:DiscoverPollEndpoint",
        "ecs:Poll",
        "ecs:RegisterContainerInstance",
        "ecs:StartTelemetrySession",
        "ecs:Submit*",
        "ecs:UpdateContainerInstancesState",
        "kms:Decrypt",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameters",
        "ssm:UpdateInstanceInformation",
        "ssmmessages:*",
      ],
      "*",
    ),
  ]);

const allow = (
  Action: readonly string[],
  Resource: readonly string[] | "*",
  Condition?: Statement["Condition"],
): Statement => ({ Effect: "Allow", Action, Resource, ...(Condition && { Condition }) });
