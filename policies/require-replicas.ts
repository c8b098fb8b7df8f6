import { violationAt, whenKnown, withoutRepetition } from "./ask.ts";
import { minimumByTarget, minimumOf } from "./autoscalers.ts";
import {
  type Context,
  type Finding,
  judged,
  notApplicable,
  type Parameter,
  type Policy,
  type Resource,
  type StackFinding,
  type StackResource,
  type StackRule,
  type Verdict,
} from "./policy.ts";
import { REQUIRE_REPLICAS_EXAMPLES } from "./require-replicas.examples.ts";
import { at, entries, isAbsent, isUnknown, type Node, number, object, rootOf, text } from "./values.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const AUTOSCALERS = [
  "kubernetes:autoscaling/v1:HorizontalPodAutoscaler",
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
] as const;

const PAGE = "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/";
const ECS_PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html";

const SPREAD =
  'topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: { app: "api" } } }]';

const MINIMUM: Parameter = {
  name: "minimumReplicas",
  description: "How many instances of a stateless service run in production at least.",
  minimum: 2,
  default: 2,
};

const REASON = "single-replica-reason";

/** What the program says of why there is only one; as label, annotation or tag. */
function reasonIn(...maps: readonly Node[]): string | undefined {
  const stated = maps.flatMap((map) =>
    Object.keys(object(map) ?? {})
      .filter((key) => key === REASON || key.endsWith(`/${REASON}`))
      .map((key) => text(at(map, key)) ?? ""),
  );
  return stated.find((reason) => reason !== "");
}

const tooFew = (node: Node, count: number, least: number, reason: string | undefined, url: string): Finding => {
  const problem = `${count === 1 ? "one instance" : `${count} instances`} where ${least} are the least: a lost host is an outage`;
  return reason === undefined
    ? violationAt(node, { problem, repair: `${node.path.replace(/^.*\./, "")}: ${least}`, url })
    : { kind: "accepted", property: node.path, problem, reason };
};

/** Deployments, with their autoscalers: where there is one it owns the number. */
const deployments: StackRule = {
  types: [DEPLOYMENT, ...AUTOSCALERS],
  asks: "in production: at least `minimumReplicas` (an autoscaler's `minReplicas` where there is one), spread by `topologySpreadConstraints` or anti-affinity",
  leavesAlone:
    "stacks of development and staging; what owns a volume claim; what is scaled to 0; a label or annotation that ends in `single-replica-reason`: accepted and printed",
  judge: (resources, { environment, setting }) => {
    if (environment !== "production") return notApplicable(`the stack is ${environment}, where one is enough`);
    const services = resources.filter(({ type }) => type === DEPLOYMENT);
    if (services.length === 0) return notApplicable("the stack has no Deployment");
    const minimum = minimumByTarget(resources.filter(({ type }) => type !== DEPLOYMENT));
    const least = setting(MINIMUM);
    return {
      kind: "judged",
      findings: services.flatMap((service) =>
        deploymentFindings(service, minimumOf(service, minimum), least).map(
          (finding): StackFinding => ({ resource: service, finding }),
        ),
      ),
    };
  },
};

function deploymentFindings(service: StackResource, replicas: Node, least: number): readonly Finding[] {
  const root = rootOf(service.properties);
  const podSpec = at(root, "spec", "template", "spec");
  const volumes = at(podSpec, "volumes");
  const claims = entries(volumes).map((volume) => at(volume, "persistentVolumeClaim"));
  if (claims.some((claim) => !isAbsent(claim) && !isUnknown(claim))) return [];
  const metadata = [at(root, "metadata"), at(root, "spec", "template", "metadata")];
  const reason = reasonIn(...metadata.flatMap((node) => [at(node, "annotations"), at(node, "labels")]));
  return withoutRepetition(
    whenKnown([replicas, volumes, ...claims], () => {
      const count = number(replicas) ?? 1;
      if (count === 0) return [];
      if (count < least) return [tooFew(replicas, count, least, reason, PAGE)];
      const spread = at(podSpec, "topologySpreadConstraints");
      const affinity = at(podSpec, "affinity", "podAntiAffinity");
      return whenKnown([spread, affinity], () => {
        if (entries(spread).length > 0 || !isAbsent(affinity)) return [];
        const problem = `nothing spreads the ${count} instances: one lost host or zone may take all of them`;
        return [violationAt(spread, { problem, repair: SPREAD, url: PAGE })];
      });
    }),
  );
}

/** A service that is told to stop before it starts (0/100) is a single writer, and right so. */
function judgeEcsService({ properties }: Resource, { environment, setting }: Context): Verdict {
  if (environment !== "production") return notApplicable(`the stack is ${environment}, where one is enough`);
  const root = rootOf(properties);
  const [scheduling, desired] = [at(root, "schedulingStrategy"), at(root, "desiredCount")];
  if (text(scheduling) === "DAEMON") return notApplicable("a DAEMON service runs once a host");
  const maximum = at(root, "deploymentMaximumPercent");
  if ((number(maximum) ?? 200) <= 100) return notApplicable("a service at 100 % at most is a single writer");
  if (isAbsent(desired)) return notApplicable("the number of tasks is not stated here");
  const least = setting(MINIMUM);
  return judged(
    withoutRepetition(
      whenKnown([scheduling, maximum, desired], () => {
        const count = number(desired) ?? 0;
        if (count === 0) return [];
        if (count < least) return [tooFew(desired, count, least, reasonIn(at(root, "tags")), ECS_PAGE)];
        return spreadFindings(root, count);
      }),
    ),
  );
}

const SCALING_PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html";

/** What scales a service owns its number of tasks, whatever the service was created with. */
function judgeScaling({ properties }: Resource, { environment, setting }: Context): Verdict {
  if (environment !== "production") return notApplicable(`the stack is ${environment}, where one is enough`);
  const root = rootOf(properties);
  const [dimension, minimum] = [at(root, "scalableDimension"), at(root, "minCapacity")];
  if (!isUnknown(dimension) && text(dimension) !== "ecs:service:DesiredCount") {
    return notApplicable("it scales no ECS service");
  }
  return judged(
    whenKnown([dimension, minimum], () => {
      const count = number(minimum) ?? 0;
      const least = setting(MINIMUM);
      return count === 0 || count >= least
        ? []
        : [tooFew(minimum, count, least, reasonIn(at(root, "tags")), SCALING_PAGE)];
    }),
  );
}

/** By subnets, each of which is in one zone; on EC2's own network by the placement strategy. */
function spreadFindings(root: Node, count: number): readonly Finding[] {
  const [subnets, strategies] = [at(root, "networkConfiguration", "subnets"), at(root, "orderedPlacementStrategies")];
  return whenKnown([subnets, strategies], () => {
    const byZone = entries(strategies).some(
      (strategy) => text(at(strategy, "field")) === "attribute:ecs.availability-zone",
    );
    if (entries(subnets).length > 1 || byZone) return [];
    const problem = `the ${count} tasks are in one zone: with it all of them are lost`;
    return [
      violationAt(subnets, { problem, repair: "networkConfiguration: { subnets: [a.id, b.id] }", url: ECS_PAGE }),
    ];
  });
}

/** What serves customers survives the loss of one host and of one zone. */
export const requireReplicas: Policy = {
  name: "require-replicas",
  displayName: "Production runs more than one of each",
  severity: "high",
  concern: "hygiene",
  description: "In production every stateless service has at least two instances, in more than one zone.",
  why: "A single instance is down while its host is patched, while it is moved and while it restarts. Two on one host or in one zone are one.",
  remedies: [
    { step: "Kubernetes", code: `replicas: 2, ${SPREAD}` },
    { step: "ECS", code: "desiredCount: 2, networkConfiguration: { subnets: [a.id, b.id] }" },
    {
      step: "What may be missing for a while says so; the reason is printed at each preview.",
      code: 'annotations: { "example.com/single-replica-reason": "an exporter: two would count everything twice" }',
    },
  ],
  url: PAGE,
  counterparts: [
    {
      tool: "kube-linter",
      rules: [
        "minimum-three-replicas (ours asks for two)",
        "hpa-minimum-three-replicas (the same)",
        "no-anti-affinity",
      ],
    },
    {
      tool: "kube-score",
      rules: [
        "deployment-replicas",
        "horizontalpodautoscaler-replicas",
        "deployment-has-host-podantiaffinity",
        "pod-topology-spread-constraints (its neighbour: that those stated are valid)",
      ],
    },
    { tool: "Polaris", rules: ["deploymentMissingReplicas", "hpaMinAvailability", "topologySpreadConstraint"] },
  ],
  parameters: [MINIMUM],
  resourceRules: [
    {
      types: ["aws:ecs/service:Service"],
      asks: "in production: a `desiredCount` of at least `minimumReplicas`, in more than one subnet or spread by zone",
      leavesAlone:
        "stacks of development and staging; DAEMON; single writers (a maximum of 100 %); a tag `single-replica-reason`: accepted and printed",
      judge: judgeEcsService,
    },
    {
      types: ["aws:appautoscaling/target:Target"],
      asks: "in production, where it scales an ECS service: a `minCapacity` of at least `minimumReplicas`",
      leavesAlone:
        "stacks of development and staging; what is scaled to 0; a tag `single-replica-reason`: accepted and printed",
      judge: judgeScaling,
    },
  ],
  stackRules: [deployments],
  examples: REQUIRE_REPLICAS_EXAMPLES,
};
