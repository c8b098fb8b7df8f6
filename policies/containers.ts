import { withoutRepetition } from "./ask.ts";
import { containerDefinitions } from "./ecs.ts";
import { podSpecOf } from "./kubernetes.ts";
import { type Context, type Finding, judged, type Resource, type ResourceRule, unjudged } from "./policy.ts";
import { at, entries, flag, isAbsent, isUnknown, type Node, nameOf, object, rootOf, text } from "./values.ts";

export type Provider = "kubernetes" | "ecs" | "docker" | "swarm";

/** One container, whichever provider it is of. */
export interface Container {
  readonly provider: Provider;
  readonly name: string;
  readonly node: Node;
  /** What it shares with its neighbours: the pod's spec, the task definition; on Docker the container itself. */
  readonly shared: Node;
  /** Runs to its end before the others start. */
  readonly isInitial: boolean;
  /** Labels and annotations that the program gives it. */
  readonly labels: readonly Node[];
}

interface Containers {
  readonly containers: readonly Container[];
  readonly unknown: readonly Node[];
}

const POD_TYPES = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:apps/v1:DaemonSet",
  "kubernetes:apps/v1:ReplicaSet",
  "kubernetes:core/v1:Pod",
  "kubernetes:batch/v1:Job",
  "kubernetes:batch/v1:CronJob",
] as const;

export const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const DOCKER_CONTAINER = "docker:index/container:Container";
const DOCKER_SERVICE = "docker:index/service:Service";

export const CONTAINER_TYPES = [...POD_TYPES, TASK_DEFINITION, DOCKER_CONTAINER, DOCKER_SERVICE] as const;

/** A rule that judges every container by itself, jobs and init containers too. */
export const containerRule = (
  asks: string,
  judge: (container: Container, context: Context) => readonly Finding[],
  leavesAlone = "containers that are never started (`start: false`)",
): ResourceRule => ({
  types: CONTAINER_TYPES,
  asks,
  leavesAlone,
  judge: (resource, context) => {
    const { containers, unknown } = containersOf(resource);
    const findings = containers.flatMap((container) => judge(container, context));
    return judged(withoutRepetition([...unknown.map(({ path }) => unjudged(path)), ...findings]));
  },
});

export function containersOf({ type, name, properties }: Resource): Containers {
  const root = rootOf(properties);
  switch (type) {
    case TASK_DEFINITION:
      return ofTask(root);
    case DOCKER_CONTAINER: {
      if (flag(at(root, "start")) === false) return { containers: [], unknown: [] };
      const labels = entries(at(root, "labels"));
      return {
        containers: [{ provider: "docker", name, node: root, shared: root, isInitial: false, labels }],
        unknown: [],
      };
    }
    case DOCKER_SERVICE: {
      const node = at(root, "taskSpec", "containerSpec");
      const labels = entries(at(node, "labels"));
      return { containers: [{ provider: "swarm", name, node, shared: root, isInitial: false, labels }], unknown: [] };
    }
    case "kubernetes:batch/v1:CronJob":
      return ofPod(at(root, "spec", "jobTemplate", "spec", "template"));
    case "kubernetes:core/v1:Pod":
      return ofPod(root);
    default:
      return ofPod(at(root, "spec", "template"), podSpecOf(type, root));
  }
}

function ofPod(template: Node, podSpec = at(template, "spec")): Containers {
  if (isUnknown(podSpec)) return { containers: [], unknown: [podSpec] };
  const lists = [at(podSpec, "initContainers"), at(podSpec, "containers")];
  const labels = ["annotations", "labels"].map((key) => at(template, "metadata", key));
  const found = lists.flatMap((list, place) =>
    entries(list).map((node) => ({
      provider: "kubernetes" as const,
      name: nameOf(node),
      node,
      shared: podSpec,
      isInitial: place === 0 && text(at(node, "restartPolicy")) !== "Always",
      labels,
    })),
  );
  return separated(found, lists.filter(isUnknown));
}

function ofTask(root: Node): Containers {
  const definitions = containerDefinitions(root);
  if (definitions.kind === "unknown") return { containers: [], unknown: [definitions.node] };
  if (definitions.kind === "unreadable") return { containers: [], unknown: [] };
  const awaited = new Set(
    definitions.containers
      .flatMap((node) => entries(at(node, "dependsOn")))
      .filter((dependency) => ["SUCCESS", "COMPLETE"].includes(text(at(dependency, "condition")) ?? ""))
      .map((dependency) => text(at(dependency, "containerName"))),
  );
  const found = definitions.containers.map((node) => ({
    provider: "ecs" as const,
    name: nameOf(node),
    node,
    shared: root,
    isInitial: awaited.has(text(at(node, "name"))),
    labels: [at(node, "dockerLabels")],
  }));
  return separated(found, []);
}

const separated = (found: readonly Container[], unknown: readonly Node[]): Containers => ({
  containers: found.filter(({ node }) => !isUnknown(node)),
  unknown: [...unknown, ...found.map(({ node }) => node).filter(isUnknown)],
});

/** The property of a container that each provider has under its own name. */
export const setting = (container: Container, keys: Readonly<Record<Provider, readonly string[]>>): Node =>
  at(container.node, ...keys[container.provider]);

/** What the program states under a label whose key ends so; both `{ key: value }` and `[{ label, value }]` are labels. */
export function labelled({ labels }: Container, suffix: string): string | undefined {
  const pairs = labels.flatMap((node): readonly (readonly [string, string | undefined])[] => {
    const listed = text(at(node, "label"));
    if (listed !== undefined) return [[listed, text(at(node, "value"))]];
    return Object.keys(object(node) ?? {}).map((key) => [key, text(at(node, key))]);
  });
  return pairs.find(([key, value]) => (key === suffix || key.endsWith(`/${suffix}`)) && value !== "")?.[1];
}

/** An environment variable whose value stands in the program. */
export interface Variable {
  readonly name: string;
  readonly value: Node;
}

interface Variables {
  readonly variables: readonly Variable[];
  readonly unknown: readonly Node[];
}

/** Those that are written out; what is taken from a secret or a ConfigMap has no value here. */
export function variablesOf(container: Container): Variables {
  const list = setting(container, {
    kubernetes: ["env"],
    ecs: ["environment"],
    docker: ["envs"],
    swarm: ["env"],
  });
  if (isUnknown(list)) return { variables: [], unknown: [list] };
  const map = object(list);
  if (map !== undefined) {
    return { variables: Object.keys(map).map((name) => ({ name, value: at(list, name) })), unknown: [] };
  }
  const all = entries(list);
  return {
    variables: all.flatMap((entry): readonly Variable[] => {
      const [, name, value] = /^([^=]*)=([\s\S]*)$/.exec(text(entry) ?? "") ?? [];
      if (name !== undefined) return [{ name, value: { path: entry.path, value: value ?? "" } }];
      const stated = at(entry, "value");
      return isUnknown(entry) || isAbsent(stated) ? [] : [{ name: nameOf(entry), value: stated }];
    }),
    unknown: all.filter(isUnknown),
  };
}

/** The words of its command line, as far as they stand in the program. */
export function wordsOf(container: Container): readonly Node[] {
  const keys: Readonly<Record<Provider, readonly string[]>> = {
    kubernetes: ["command", "args"],
    ecs: ["entryPoint", "command"],
    docker: ["entrypoints", "command"],
    swarm: ["commands", "args"],
  };
  const lists = keys[container.provider].map((key) => at(container.node, key));
  return [...lists.filter(isUnknown), ...lists.flatMap(entries)];
}
