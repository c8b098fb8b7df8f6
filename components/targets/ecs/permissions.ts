import { agentCredentials, type WorkloadSpec } from "../../workload/index.ts";
import { imagesOf, type TaskSite } from "./containers.ts";
import { needsPreparation } from "./files.ts";

/** A statement of an IAM policy; always an allowance. */
export interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[] | "*";
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export const policyDocument = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Who may take a role: one AWS service, on behalf of one account (no confused deputy). */
export const trustPolicy = (service: string, accountId?: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        ...(accountId === undefined ? {} : { Condition: { StringEquals: { "aws:SourceAccount": accountId } } }),
      },
    ],
  });

interface Account {
  readonly accountId: string;
  readonly region: string;
}

/** What the agent does for a workload before it runs: pull its images, read exactly its secrets, write its preparation's log. */
export function executionStatements(spec: WorkloadSpec, site: TaskSite, account: Account): readonly Statement[] {
  const secrets = new Set([...spec.secretVariables, ...spec.secretFiles].map(({ secret }) => site.secretArn(secret)));
  for (const { source } of spec.agent === undefined ? [] : agentCredentials(spec.agent))
    secrets.add(site.heldArn(source));
  if (site.registryCredentials !== undefined) secrets.add(registryArn(site.registryCredentials, account));
  const entries = [...secrets].filter((arn) => arn.includes(":secretsmanager:")).map(entryArn);
  const parameters = [...secrets].filter((arn) => arn.includes(":ssm:"));
  return [
    ...pullStatements(spec, site),
    ...(entries.length === 0 ? [] : [allow(["secretsmanager:GetSecretValue"], entries), decryptStatement(account)]),
    ...(parameters.length === 0 ? [] : [allow(["ssm:GetParameters"], parameters)]),
    allow(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      [`arn:aws:logs:${account.region}:${account.accountId}:log-group:${site.names.preparationLogGroup}:*`],
    ),
  ];
}

/** IAM wants an entry's whole ARN, which ends in a dash and six letters that are random: ECS takes it without, too. */
const entryArn = (arn: string): string => (/-[A-Za-z0-9]{6}$/.test(arn) ? arn : `${arn}-??????`);

/** ECS takes the registry's entry by its name as well. */
const registryArn = (entry: string, { region, accountId }: Account): string =>
  entry.startsWith("arn:") ? entry : `arn:aws:secretsmanager:${region}:${accountId}:secret:${entry}`;

/** For entries under a key of the customer's own: through Secrets Manager alone. */
const decryptStatement = ({ region, accountId }: Account): Statement => ({
  ...allow(["kms:Decrypt"], [`arn:aws:kms:${region}:${accountId}:key/*`]),
  Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
});

function pullStatements(spec: WorkloadSpec, site: TaskSite): readonly Statement[] {
  const repositories = imagesOf(spec, site)
    .map(({ repository }) => /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[^/]+\/(.+)$/.exec(repository))
    .flatMap((match) => (match === null ? [] : [`arn:aws:ecr:${match[2]}:${match[1]}:repository/${match[3]}`]));
  if (repositories.length === 0) return [];
  return [
    allow(["ecr:GetAuthorizationToken"], "*"),
    allow(
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      [...new Set(repositories)],
    ),
  ];
}

/** What a workload itself may ask of AWS: its own files, and what `cloudAccess` says. */
export function taskStatements(spec: WorkloadSpec, { names }: Pick<TaskSite, "names">): readonly Statement[] {
  const files = needsPreparation(spec) && spec.files.length > 0;
  return [
    ...(files ? [allow(["s3:GetObject"], [`arn:aws:s3:::${names.configBucket}/${spec.name}/*`])] : []),
    ...(spec.cloudAccess === "log-store"
      ? [
          allow(["s3:ListBucket"], [`arn:aws:s3:::${names.logBucket}`]),
          allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [`arn:aws:s3:::${names.logBucket}/*`]),
        ]
      : []),
    // EC2's describe calls know no resources.
    ...(spec.cloudAccess === "host-discovery"
      ? [allow(["ec2:DescribeInstances", "ec2:DescribeAvailabilityZones"], "*")]
      : []),
  ];
}

/** What the agents on a host do: one joins the cluster and reports on its tasks, the other takes sessions (`./platform open`). */
export const hostStatements = (clusterArn: string): readonly Statement[] => [
  allow(["ecs:DiscoverPollEndpoint"], "*"),
  allow(
    [
      "ecs:RegisterContainerInstance",
      "ecs:DeregisterContainerInstance",
      "ecs:SubmitAttachmentStateChanges",
      "ecs:SubmitContainerStateChange",
      "ecs:SubmitTaskStateChange",
    ],
    [clusterArn],
  ),
  {
    ...allow(["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"], "*"),
    Condition: { ArnEquals: { "ecs:cluster": clusterArn } },
  },
  // docs.aws.amazon.com, "Create a custom IAM role for Session Manager": these calls know no resources.
  allow(
    [
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ],
    "*",
  ),
];

/** What the monitoring host does at boot: take over exactly one volume. */
export const attachStatements = (
  volumeArn: string,
  stack: string,
  { region, accountId }: Account,
): readonly Statement[] => [
  allow(["ec2:AttachVolume"], [volumeArn]),
  {
    ...allow(["ec2:AttachVolume"], [`arn:aws:ec2:${region}:${accountId}:instance/*`]),
    Condition: { StringEquals: { "aws:ResourceTag/stack": stack, "aws:ResourceTag/component": "monitoring-host" } },
  },
];

const allow = (Action: readonly string[], Resource: readonly string[] | "*"): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
});
