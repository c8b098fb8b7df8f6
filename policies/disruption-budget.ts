import { ask, type Complaint, violationAt, whenKnown } from "./ask.ts";
import {
  type Finding,
  judged,
  notApplicable,
  type Resource,
  type StackFinding,
  type StackResource,
  type StackRule,
  type Verdict,
} from "./policy.ts";
import { at, isAbsent, type Node, number, object, rootOf, text } from "./values.ts";

export const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";
const WORKLOADS: readonly string[] = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:apps/v1:ReplicaSet",
];
const AUTOSCALERS: readonly string[] = [
  "kubernetes:autoscaling/v1:HorizontalPodAutoscaler",
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
];

const complaint = (problem: string): Complaint => ({
  problem: `${problem}: no node can be drained, and no upgrade of the cluster ends`,
  repair: "maxUnavailable: 1",
  url: "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
  concern: "depth",
});

/** What blocks every eviction however many pods there are. */
export const judgeBudget = ({ properties }: Resource): Verdict =>
  judged([
    ...ask(
      at(rootOf(properties), "spec", "maxUnavailable"),
      ({ value }) => value !== 0 && value !== "0" && value !== "0%",
      complaint("maxUnavailable lets no pod go"),
    ),
    ...ask(
      at(rootOf(properties), "spec", "minAvailable"),
      ({ value }) => value !== "100%",
      complaint("minAvailable 100% lets no pod go"),
    ),
  ]);

/** A budget that lets no pod go of as many as the workload has. */
export const budgetOfWorkload: StackRule = {
  types: [BUDGET, ...WORKLOADS, ...AUTOSCALERS],
  asks: "a `minAvailable` below the replicas of the workload that it selects (an autoscaler's `minReplicas` where there is one)",
  leavesAlone: "budgets whose workload is not in the stack or is selected by matchExpressions",
  judge: (resources) => {
    const budgets = resources.filter(({ type }) => type === BUDGET);
    if (budgets.length === 0) return notApplicable("the stack has no PodDisruptionBudget");
    const workloads = indexByLabel(resources.filter(({ type }) => WORKLOADS.includes(type)));
    const minimum = minimumByTarget(resources.filter(({ type }) => AUTOSCALERS.includes(type)));
    return { kind: "judged", findings: budgets.flatMap((budget) => judgeSelected(budget, workloads, minimum)) };
  },
};

function judgeSelected(
  budget: StackResource,
  workloads: ReadonlyMap<string, readonly StackResource[]>,
  minimum: ReadonlyMap<string, Node>,
): readonly StackFinding[] {
  const minAvailable = at(rootOf(budget.properties), "spec", "minAvailable");
  if (isAbsent(minAvailable) || minAvailable.value === "100%") return [];
  return selectedBy(budget, workloads).flatMap((workload) => {
    const replicas = replicasOf(workload, minimum);
    const findings = whenKnown([minAvailable, replicas], (): readonly Finding[] => {
      const count = number(replicas) ?? 1;
      const kept = atLeast(minAvailable, count);
      if (count === 0 || kept === undefined || kept < count) return [];
      const problem = `minAvailable ${String(minAvailable.value)} keeps all ${count} of ${workload.name}`;
      return [violationAt(minAvailable, complaint(problem))];
    });
    return findings.map((finding) => ({ resource: budget, finding }));
  });
}

/** A part is rounded up. */
function atLeast(minAvailable: Node, replicas: number): number | undefined {
  const percent = /^(\d+)%$/.exec(text(minAvailable) ?? "")?.[1];
  return percent === undefined ? number(minAvailable) : Math.ceil((replicas * Number(percent)) / 100);
}

const namespaceOf = ({ properties }: Resource): string => text(at(rootOf(properties), "metadata", "namespace")) ?? "";

const labelKeys = (resource: Resource, ...path: readonly string[]): readonly string[] =>
  Object.entries(object(at(rootOf(resource.properties), ...path)) ?? {}).map(
    ([label, value]) => `${namespaceOf(resource)}/${label}=${String(value)}`,
  );

const TEMPLATE_LABELS = ["spec", "template", "metadata", "labels"] as const;

function indexByLabel(workloads: readonly StackResource[]): ReadonlyMap<string, readonly StackResource[]> {
  const index = new Map<string, StackResource[]>();
  for (const workload of workloads) {
    for (const key of labelKeys(workload, ...TEMPLATE_LABELS)) {
      const listed = index.get(key);
      if (listed === undefined) index.set(key, [workload]);
      else listed.push(workload);
    }
  }
  return index;
}

/** By the rarest of its labels first, so that the work does not grow with the stack. */
function selectedBy(
  budget: StackResource,
  workloads: ReadonlyMap<string, readonly StackResource[]>,
): readonly StackResource[] {
  const keys = labelKeys(budget, "spec", "selector", "matchLabels");
  const lists = keys.map((key) => workloads.get(key) ?? []).toSorted((one, other) => one.length - other.length);
  const [rarest = []] = lists;
  return rarest.filter((workload) => lists.every((list) => list === rarest || list.includes(workload)));
}

const targetKey = (namespace: string, kind: string, name: string): string => `${namespace}/${kind}/${name}`;

function minimumByTarget(autoscalers: readonly StackResource[]): ReadonlyMap<string, Node> {
  return new Map(
    autoscalers.map((autoscaler) => {
      const target = at(rootOf(autoscaler.properties), "spec", "scaleTargetRef");
      const key = targetKey(namespaceOf(autoscaler), text(at(target, "kind")) ?? "", text(at(target, "name")) ?? "");
      return [key, at(rootOf(autoscaler.properties), "spec", "minReplicas")];
    }),
  );
}

function replicasOf(workload: StackResource, minimum: ReadonlyMap<string, Node>): Node {
  const stated = at(rootOf(workload.properties), "spec", "replicas");
  const name = text(at(rootOf(workload.properties), "metadata", "name")) ?? "";
  const kind = workload.type.replace(/^.*:/, "");
  return minimum.get(targetKey(namespaceOf(workload), kind, name)) ?? stated;
}
