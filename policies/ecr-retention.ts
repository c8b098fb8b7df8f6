import { readDocument } from "./ecr-lifecycle-document.ts";
import { lifecycleProblems } from "./ecr-lifecycle-problems.ts";
import {
  type Context,
  type Finding,
  notApplicable,
  type Parameter,
  type Resource,
  type StackFinding,
  type StackResource,
  type StackRule,
  unjudged,
} from "./policy.ts";
import { at, entries, isUnknown, json, type Node, object, rootOf, text } from "./values.ts";

export const REPOSITORY = "aws:ecr/repository:Repository";
export const LIFECYCLE_POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const PAGE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html";

export const LIFECYCLE_REPAIR =
  'new aws.ecr.LifecyclePolicy("api", { repository: api.name, policy: JSON.stringify({ rules: [{ rulePriority: 1, selection: { tagStatus: "tagged", tagPatternList: ["release-*"], countType: "imageCountMoreThan", countNumber: 10 }, action: { type: "expire" } }, { rulePriority: 2, selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 30 }, action: { type: "expire" } }] }) })';

export const RELEASES_KEPT: Parameter = {
  name: "releasesKept",
  description:
    "Releases of a service that must survive whatever is pushed after them: the running one and those to go back to.",
  minimum: 1,
  maximum: 100,
  default: 2,
};

/** Every ECR repository of the stack has a lifecycle policy whose rules keep what a rollback needs, and no more. */
export const ecrRetention: StackRule = {
  types: [REPOSITORY, LIFECYCLE_POLICY],
  asks: "an `aws:ecr/lifecyclePolicy:LifecyclePolicy` of the same repository that ECR takes; none of its rules is shadowed or matches nothing, the last `releasesKept` releases survive whatever is pushed after them, and no images pile up",
  leavesAlone: "repositories that another stack owns, public repositories",
  judge: (resources, context) => {
    const repositories = resources.filter(({ type }) => type === REPOSITORY);
    if (repositories.length === 0) return notApplicable("the stack has no ECR repository");
    const policies = indexPolicies(resources);
    const judgeRules = makeRulesJudge(context);
    return {
      kind: "judged",
      findings: repositories.flatMap((repository) => judgeRepository(repository, policies, judgeRules)),
    };
  },
};

/** Which lifecycle policy is whose. */
export interface PolicyIndex {
  /** By the URN of the repository that the policy's property was made from. */
  readonly byUrn: ReadonlyMap<string, StackResource>;
  /** By the repository's name and region: where the program states the name twice. */
  readonly byName: ReadonlyMap<string, StackResource>;
  /** Policies of which nothing says whose they are. */
  readonly homeless: readonly StackResource[];
}

export function indexPolicies(resources: readonly StackResource[]): PolicyIndex {
  const policies = resources.filter(({ type }) => type === LIFECYCLE_POLICY);
  const repositoriesOf = ({ madeFrom }: StackResource): readonly Resource[] =>
    madeFrom.repository?.filter(({ type }) => type === REPOSITORY) ?? [];
  const nameKey = (policy: StackResource): string | undefined => key(policy, "repository");
  return {
    byUrn: new Map(policies.flatMap((policy) => repositoriesOf(policy).map(({ urn }) => [urn, policy]))),
    byName: new Map(
      policies.flatMap((policy) => {
        const named = nameKey(policy);
        return named === undefined ? [] : [[named, policy]];
      }),
    ),
    homeless: policies.filter((policy) => nameKey(policy) === undefined && repositoriesOf(policy).length === 0),
  };
}

/** The same name may stand in two regions. */
function key({ properties }: Resource, property: string): string | undefined {
  const name = text(at(rootOf(properties), property));
  return name === undefined ? undefined : `${text(at(rootOf(properties), "region")) ?? ""}/${name}`;
}

export function policyOf(repository: StackResource, index: PolicyIndex): StackResource | undefined {
  const named = key(repository, "name");
  return index.byUrn.get(repository.urn) ?? (named === undefined ? undefined : index.byName.get(named));
}

function judgeRepository(
  repository: StackResource,
  index: PolicyIndex,
  judgeRules: (policy: StackResource) => readonly Finding[],
): readonly StackFinding[] {
  const policy = policyOf(repository, index);
  if (policy !== undefined) return judgeRules(policy).map((finding) => ({ resource: policy, finding }));
  if (index.homeless.length > 0) {
    const names = index.homeless.map(({ name }) => name).join(", ");
    return [{ resource: repository, finding: unjudged(`the repository that LifecyclePolicy ${names} belongs to`) }];
  }
  const problem = "the repository has no lifecycle policy: its images pile up until someone deletes the wrong ones";
  return [
    {
      resource: repository,
      finding: { kind: "violation", property: "lifecyclePolicy", problem, repair: LIFECYCLE_REPAIR, url: PAGE },
    },
  ];
}

/** The rules of a policy; a finding where there are none to read. */
export function rulesOf(policy: StackResource): Node | Finding {
  const source = at(rootOf(policy.properties), "policy");
  const refuse = (problem: string): Finding => ({
    kind: "violation",
    property: source.path,
    problem,
    repair: LIFECYCLE_REPAIR,
    url: PAGE,
  });
  if (isUnknown(source)) return unjudged(source.path);
  const document = json(source);
  if (document === undefined) return refuse("policy is no JSON");
  const rules = at(document, "rules");
  if (isUnknown(rules)) return unjudged(rules.path);
  const unknown = entries(rules).flatMap(nodesBelow).find(isUnknown);
  if (unknown !== undefined) return unjudged(unknown.path);
  return entries(rules).length > 0 ? rules : refuse("policy has no rules");
}

const nodesBelow = (node: Node): readonly Node[] => [
  node,
  ...entries(node).flatMap(nodesBelow),
  ...Object.keys(object(node) ?? {}).flatMap((property) => nodesBelow(at(node, property))),
];

/** Many repositories share one text; it is judged once. */
function makeRulesJudge({ setting }: Context): (policy: StackResource) => readonly Finding[] {
  const judged = new Map<string, readonly Finding[]>();
  return (policy) => {
    const rules = rulesOf(policy);
    if ("kind" in rules) return [rules];
    const text = JSON.stringify(rules.value);
    const findings = judged.get(text) ?? ruleFindings(rules, setting(RELEASES_KEPT));
    judged.set(text, findings);
    return findings;
  };
}

function ruleFindings(node: Node, releases: number): readonly Finding[] {
  const { rules, refused } = readDocument(node);
  const violation = { kind: "violation", property: "policy", url: PAGE } as const;
  if (refused.length > 0) {
    return refused.map((problem) => ({
      ...violation,
      problem: `ECR refuses it: ${problem}`,
      repair: LIFECYCLE_REPAIR,
    }));
  }
  return lifecycleProblems(rules, releases).map((problem) => ({ ...violation, ...problem }));
}
