import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** As many resources as `bench:count` says, of the kinds that the policies look at and of others, all compliant. */
export default async function program(): Promise<void> {
  const count = new pulumi.Config("bench").requireNumber("count");
  for (let index = 0; index < count; index++) KINDS[index % KINDS.length]?.(`r${index}`);
}

const tags = { environment: "development", project: "bench" };
const labels = (name: string) => ({ "app.kubernetes.io/name": name });

const image = "ghcr.io/acme/api:2.1.0";
const probe = (path: string, periodSeconds: number) => ({ httpGet: { path, port: 8000 }, periodSeconds });

const rule = (rulePriority: number, selection: object): object => ({
  rulePriority,
  selection: { countType: "imageCountMoreThan", countNumber: 10, ...selection },
  action: { type: "expire" },
});
const rules = [rule(1, { tagStatus: "tagged", tagPatternList: ["release-*"] }), rule(2, { tagStatus: "any" })];

const KINDS: readonly ((name: string) => pulumi.CustomResource)[] = [
  deployment,
  (name) =>
    new k8s.core.v1.Service(name, {
      metadata: { labels: labels(name) },
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    }),
  (name) => new k8s.core.v1.ConfigMap(name, { data: { "settings.yaml": "level: INFO\n".repeat(50) } }),
  (name) =>
    new aws.ecr.Repository(name, {
      name,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      tags,
    }),
  (name) => new aws.ecr.LifecyclePolicy(name, { repository: previous(name), policy: JSON.stringify({ rules }) }),
  (name) =>
    new aws.ecs.TaskDefinition(name, {
      family: name,
      containerDefinitions: JSON.stringify([essentialContainer(name)]),
      tags,
    }),
  (name) =>
    new aws.ecs.Service(name, {
      desiredCount: 2,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      waitForSteadyState: true,
      tags,
    }),
  (name) => new aws.cloudwatch.LogGroup(name, { name, retentionInDays: 30, tags }),
  (name) => new aws.s3.Bucket(name, { bucket: name, tags }),
  (name) =>
    new aws.iam.Role(name, { name, assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [] }) }),
];

const essentialContainer = (name: string): object => ({
  name,
  image,
  essential: true,
  user: "1000",
  memory: 256,
  readonlyRootFilesystem: true,
  dockerSecurityOptions: ["no-new-privileges"],
  linuxParameters: { capabilities: { drop: ["ALL"] } },
  healthCheck: { command: ["CMD", "/probe", "http://127.0.0.1:8000/health"], interval: 10, timeout: 3, retries: 3 },
});

/** The name of the resource before it: the repository that a lifecycle policy is for. */
const previous = (name: string): string => `r${Number(name.slice(1)) - 1}`;

function deployment(name: string): pulumi.CustomResource {
  const container = {
    name,
    image,
    ports: [{ containerPort: 8000 }],
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    securityContext: {
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    },
    livenessProbe: { ...probe("/health/live", 10), failureThreshold: 6 },
    readinessProbe: probe("/health/ready", 5),
  };
  const template = { metadata: { labels: { app: name } }, spec: { containers: [container] } };
  const spec = {
    replicas: 2,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 300,
    selector: { matchLabels: { app: name } },
    template,
  };
  return new k8s.apps.v1.Deployment(name, { metadata: { name, labels: labels(name) }, spec });
}
