import {
  notApplicable,
  type Resource,
  type StackFinding,
  type StackResource,
  type StackRule,
  unjudged,
} from "./policy.ts";
import { at, entries, isUnknown, json, type Node, rootOf, text } from "./values.ts";

const REPOSITORY = "aws:ecr/repository:Repository";
const LIFECYCLE_POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const PAGE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html";

export const LIFECYCLE_REPAIR =
  'new aws.ecr.LifecyclePolicy("api", { repository: api.name, policy: { rules: [{ rulePriority: 1, selection: { tagStatus: "tagged", tagPatternLists: ["release-*"], countType: "imageCountMoreThan", countNumber: 10 }, action: { type: "expire" } }] } })';

/** Every ECR repository of the stack has a lifecycle policy with at least one rule. */
export const ecrRetention: StackRule = {
  types: [REPOSITORY, LIFECYCLE_POLICY],
  asks: "an `aws:ecr/lifecyclePolicy:LifecyclePolicy` of the same repository whose JSON parses and has at least one rule",
  leavesAlone: "repositories that another stack owns, public repositories",
  judge: (resources) => {
    const repositories = resources.filter(({ type }) => type === REPOSITORY);
    if (repositories.length === 0) return notApplicable("the stack has no ECR repository");
    const index = indexOf(resources.filter(({ type }) => type === LIFECYCLE_POLICY));
    return { kind: "judged", findings: repositories.flatMap((repository) => judgeRepository(repository, index)) };
  },
};

interface PolicyIndex {
  /** By the URN of the repository that the policy's property was made from. */
  readonly byUrn: ReadonlyMap<string, StackResource>;
  /** By the repository's name and region: where the program states the name twice. */
  readonly byName: ReadonlyMap<string, StackResource>;
  /** Policies of which nothing says whose they are. */
  readonly homeless: readonly StackResource[];
}

function indexOf(policies: readonly StackResource[]): PolicyIndex {
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

function judgeRepository(repository: StackResource, index: PolicyIndex): readonly StackFinding[] {
  const named = key(repository, "name");
  const policy = index.byUrn.get(repository.urn) ?? (named === undefined ? undefined : index.byName.get(named));
  if (policy !== undefined) return judgeRules(policy);
  if (index.homeless.length > 0) {
    const names = index.homeless.map(({ name }) => name).join(", ");
    return [{ resource: repository, finding: unjudged(`the repository that LifecyclePolicy ${names} belongs to`) }];
  }
  return [
    violation(
      repository,
      "lifecyclePolicy",
      "the repository has no lifecycle policy: its images pile up until someone deletes the wrong ones",
    ),
  ];
}

function judgeRules(policy: StackResource): readonly StackFinding[] {
  const source = at(rootOf(policy.properties), "policy");
  if (isUnknown(source)) return [{ resource: policy, finding: unjudged(source.path) }];
  const document = json(source);
  if (document === undefined) return [violation(policy, source.path, "policy is no JSON")];
  const rules: Node = at(document, "rules");
  if (isUnknown(rules)) return [{ resource: policy, finding: unjudged(rules.path) }];
  return entries(rules).length > 0 ? [] : [violation(policy, source.path, "policy has no rules")];
}

const violation = (resource: Resource, property: string, problem: string): StackFinding => ({
  resource,
  finding: { kind: "violation", property, problem, repair: LIFECYCLE_REPAIR, url: PAGE },
});
