import { ask, violationAt, whenKnown } from "./ask.ts";
import { type Finding, judged, type Policy, type Resource, type Verdict } from "./policy.ts";
import { REQUIRE_TAGS_EXAMPLES } from "./require-tags.examples.ts";
import { at, entries, isAbsent, type Node, object, rootOf, text } from "./values.ts";

const PAGE = "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html";
const KUBERNETES_PAGE = "https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/";

const TAGS_REPAIR = 'tags: { environment: "production", project: "shop" }';
const LABELS_REPAIR = 'metadata: { labels: { "app.kubernetes.io/name": "api" } }';

/** What a tag answers, and the names under which it is usual; capitals do not matter. */
const QUESTIONS = [
  { asks: "which environment it belongs to", names: ["environment", "env", "stage", "stack"] },
  { asks: "what it is part of", names: ["project", "application", "app", "service", "component", "team", "owner"] },
] as const;

/** Of AWS only what costs money or holds data. */
const AWS_TYPES = [
  "aws:ecs/service:Service",
  "aws:ecs/cluster:Cluster",
  "aws:ecs/taskDefinition:TaskDefinition",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:dynamodb/table:Table",
  "aws:ebs/volume:Volume",
  "aws:efs/fileSystem:FileSystem",
  "aws:ec2/instance:Instance",
  "aws:s3/bucket:Bucket",
  "aws:ecr/repository:Repository",
] as const;

/** The provider's default tags are laid into `tags` before a policy sees them. */
function judgeTags({ properties }: Resource): Verdict {
  const tags = at(rootOf(properties), "tags");
  return judged(missing(tags, Object.keys(object(tags) ?? {}), TAGS_REPAIR));
}

function judgeLabelList({ properties }: Resource): Verdict {
  const labels = at(rootOf(properties), "labels");
  const names = entries(labels).map((entry) => at(entry, "label"));
  return judged(
    whenKnown([labels, ...entries(labels), ...names], () =>
      missing(
        labels,
        names.flatMap((name) => text(name) ?? []),
        'labels: [{ label: "project", value: "shop" }, { label: "environment", value: "production" }]',
      ),
    ),
  );
}

function missing(node: Node, keys: readonly string[], repair: string): readonly Finding[] {
  const lower = keys.map((key) => key.toLowerCase().replace(/^.*[/:.]/, ""));
  const open = QUESTIONS.filter(({ names }) => !names.some((name) => lower.includes(name)));
  return ask(node, () => open.length === 0, {
    problem: `nothing in ${node.path} says ${open.map(({ asks }) => asks).join(" or ")}`,
    repair,
    url: PAGE,
  });
}

function judgeLabels({ properties }: Resource): Verdict {
  const labels = at(rootOf(properties), "metadata", "labels");
  const names = ["app.kubernetes.io/name", "app", "k8s-app", "name"].map((key) => at(labels, key));
  return judged(
    whenKnown([labels, ...names], (): readonly Finding[] => {
      if (names.some((name) => !isAbsent(name))) return [];
      const problem = "nothing in metadata.labels says what it is (app.kubernetes.io/name)";
      return [violationAt(labels, { problem, repair: LABELS_REPAIR, url: KUBERNETES_PAGE })];
    }),
  );
}

/** Everything says whose it is. */
export const requireTags: Policy = {
  name: "require-tags",
  displayName: "Resources say whose they are",
  severity: "low",
  concern: "hygiene",
  description: "What costs money or holds data says which environment it belongs to and what it is part of.",
  why: "At night somebody has to tell whether a thing may be restarted, and whom to ask. At the end of the month somebody has to tell what it cost.",
  remedies: [
    {
      step: "AWS: for all resources at once, by the provider.",
      code: `new aws.Provider("aws", { defaultTags: { ${TAGS_REPAIR} } })`,
    },
    { step: "Kubernetes", code: LABELS_REPAIR },
  ],
  url: PAGE,
  counterparts: [
    { tool: "kube-linter", rules: ["required-label-owner (its neighbour: one label, off by default)"] },
    { tool: "kube-score", rules: ["label-values (its neighbour: that values are valid)"] },
    { tool: "Polaris", rules: ["metadataAndInstanceMismatched (its neighbour)"] },
    { tool: "Security Hub", rules: ["ECS.13", "ECS.14", "ECS.15", "RDS.30", "DynamoDB.5"] },
  ],
  parameters: [],
  resourceRules: [
    {
      types: AWS_TYPES,
      asks: "`tags` with one of environment, env, stage, stack and one of project, application, app, service, component, team, owner",
      judge: judgeTags,
    },
    {
      types: [
        "kubernetes:apps/v1:Deployment",
        "kubernetes:apps/v1:StatefulSet",
        "kubernetes:apps/v1:DaemonSet",
        "kubernetes:core/v1:Service",
      ],
      asks: "the label `app.kubernetes.io/name`, or `app`",
      judge: judgeLabels,
    },
    { types: ["docker:index/container:Container"], asks: "`labels` with the same as on AWS", judge: judgeLabelList },
  ],
  stackRules: [],
  examples: REQUIRE_TAGS_EXAMPLES,
};
