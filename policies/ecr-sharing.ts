import { type LifecycleRule, selects } from "./ecr-lifecycle.ts";
import { readDocument } from "./ecr-lifecycle-document.ts";
import { indexPolicies, LIFECYCLE_POLICY, policyOf, REPOSITORY, rulesOf } from "./ecr-retention.ts";
import { IMAGE_TYPES, imagesOf } from "./images.ts";
import { notApplicable, type StackFinding, type StackResource, type StackRule, unjudged } from "./policy.ts";
import { at, isUnknown, rootOf, text } from "./values.ts";

const PAGE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules";

/**
 * Services that share a repository and a rule push each other's releases out: the rule counts the images, not whose
 * they are. That two are two services is read from their tags: `api-1.4` and `web-2.0`.
 */
export const ecrSharing: StackRule = {
  types: [REPOSITORY, LIFECYCLE_POLICY, ...IMAGE_TYPES],
  asks: "one repository a service, or a rule for each service's tags (`api-*`, `web-*`)",
  leavesAlone: "repositories that another stack owns, images whose tag begins with no word",
  judge: (resources) => {
    const repositories = resources.filter(({ type }) => type === REPOSITORY);
    if (repositories.length === 0) return notApplicable("the stack has no ECR repository");
    const policies = indexPolicies(resources);
    const { byRepository, unknown } = usesIn(resources);
    return {
      kind: "judged",
      findings: repositories.flatMap((repository) => {
        const policy = policyOf(repository, policies);
        const rules = policy === undefined ? undefined : rulesOf(policy);
        if (rules === undefined || "kind" in rules) return [];
        const hidden = unknown.filter((resource) => isMadeFrom(resource, repository));
        if (hidden.length > 1) return [{ resource: repository, finding: unjudged("image of what is made from it") }];
        const uses = byRepository.get(text(at(rootOf(repository.properties), "name")) ?? "") ?? [];
        return shared(repository, uses, readDocument(rules).rules);
      }),
    };
  },
};

/** A resource that runs an image with a tag of a service. */
interface Use {
  readonly resource: StackResource;
  readonly service: string;
  readonly tag: string;
}

interface Uses {
  readonly byRepository: ReadonlyMap<string, readonly Use[]>;
  readonly unknown: readonly StackResource[];
}

function usesIn(resources: readonly StackResource[]): Uses {
  const images = resources.flatMap((resource) =>
    resource.type === REPOSITORY || resource.type === LIFECYCLE_POLICY
      ? []
      : imagesOf(resource).map((image) => ({ resource, image })),
  );
  const known = images.flatMap(({ resource, image }) => {
    const [, repository = "", tag = ""] = ECR_IMAGE.exec(text(image) ?? "") ?? [];
    const service = /^[A-Za-z]+(?=[._-])/.exec(tag)?.[0];
    return service === undefined ? [] : [{ repository, use: { resource, service, tag } }];
  });
  const grouped = Map.groupBy(known, ({ repository }) => repository);
  return {
    byRepository: new Map([...grouped].map(([repository, uses]) => [repository, uses.map(({ use }) => use)])),
    unknown: [...new Set(images.filter(({ image }) => isUnknown(image)).map(({ resource }) => resource))],
  };
}

const ECR_IMAGE = /^\d{12}\.dkr\.ecr\.[^/]+\/([^:@]+):([^@]+)/;

const isMadeFrom = ({ madeFrom }: StackResource, { urn }: StackResource): boolean =>
  Object.values(madeFrom).some((sources) => sources.some((source) => source.urn === urn));

function shared(
  repository: StackResource,
  uses: readonly Use[],
  rules: readonly LifecycleRule[],
): readonly StackFinding[] {
  const ruleOf = ({ tag }: Use): LifecycleRule | undefined =>
    rules
      .toSorted((a, b) => a.priority - b.priority)
      .find((rule) => selects(rule, { tags: [tag], storageClass: "standard" }));
  for (const [rule, users] of Map.groupBy(uses, ruleOf)) {
    const first = users[0];
    const other = users.find(({ service }) => service !== first?.service);
    if (rule?.count.kind !== "beyond-newest" || first === undefined || other === undefined) continue;
    const problem = `${first.resource.name} (${first.tag}) and ${other.resource.name} (${other.tag}) share the repository, and rule ${rule.priority} counts their images together: the releases of one push out those of the other`;
    const repair = `new aws.ecr.Repository(${JSON.stringify(other.service)}, { name: "…/${other.service}" })`;
    return [
      {
        resource: repository,
        finding: { kind: "violation", property: "name", problem, repair, url: PAGE, concern: "depth" },
      },
    ];
  }
  return [];
}
