import { containerDefinitions } from "./ecs.ts";
import { podSpecOf } from "./kubernetes.ts";
import type { StackResource } from "./policy.ts";
import { at, entries, isAbsent, isUnknown, type Node, rootOf, text } from "./values.ts";

/** Types whose resources name images that the stack pulls. */
export const IMAGE_TYPES = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:apps/v1:DaemonSet",
  "kubernetes:apps/v1:ReplicaSet",
  "kubernetes:core/v1:Pod",
  "kubernetes:batch/v1:Job",
  "kubernetes:batch/v1:CronJob",
  "aws:ecs/taskDefinition:TaskDefinition",
  "docker:index/container:Container",
  "docker:index/service:Service",
  "docker:index/remoteImage:RemoteImage",
] as const;

/** The places of a resource that name an image. */
export function imagesOf(resource: StackResource): readonly Node[] {
  const root = rootOf(resource.properties);
  switch (resource.type) {
    case "aws:ecs/taskDefinition:TaskDefinition": {
      const definitions = containerDefinitions(root);
      if (definitions.kind === "unknown") return [definitions.node];
      return definitions.kind === "known" ? definitions.containers.map((container) => at(container, "image")) : [];
    }
    case "docker:index/container:Container":
      return [at(root, "image")].filter((image) => !isLocalId(image) && !isPulledHere(resource, "image"));
    case "docker:index/service:Service":
      return [at(root, "taskSpec", "containerSpec", "image")].filter(
        (image) => !isLocalId(image) && !isPulledHere(resource, "taskSpec"),
      );
    case "docker:index/remoteImage:RemoteImage":
      return isAbsent(at(root, "build")) ? [at(root, "name")] : [];
    case "kubernetes:batch/v1:CronJob":
      return podImages(at(root, "spec", "jobTemplate", "spec", "template", "spec"));
    default:
      return podImages(podSpecOf(resource.type, root));
  }
}

function podImages(podSpec: Node): readonly Node[] {
  if (isUnknown(podSpec)) return [podSpec];
  const lists = [at(podSpec, "containers"), at(podSpec, "initContainers")];
  return [...lists.filter(isUnknown), ...lists.flatMap(entries).map((container) => at(container, "image"))];
}

/** `sha256:…` names what the daemon already has; the RemoteImage that pulled it is judged instead. */
const isLocalId = (image: Node): boolean => text(image)?.startsWith("sha256:") ?? false;

const isPulledHere = ({ madeFrom }: StackResource, property: string): boolean =>
  madeFrom[property]?.some(({ type }) => type === "docker:index/remoteImage:RemoteImage") ?? false;

/**
 * Whether an image comes from a repository that is listed, or from below a listed path. A name without a registry
 * is Docker Hub's: `nginx` is docker.io/library/nginx, `grafana/loki` is docker.io/grafana/loki.
 */
export function comesFrom(image: string, repositories: readonly string[]): boolean {
  const full = withRegistry(image);
  return repositories.some((repository) => {
    const prefix = withRegistry(repository.replace(/\/+$/, ""), { isPath: true });
    return full === prefix || [`${prefix}/`, `${prefix}:`, `${prefix}@`].some((start) => full.startsWith(start));
  });
}

function withRegistry(name: string, { isPath = false } = {}): string {
  const [first, ...rest] = name.split("/");
  const isHost = first !== undefined && (/[.:]/.test(first) || first === "localhost");
  if (isHost && (rest.length > 0 || isPath)) return name;
  return rest.length > 0 || isPath ? `docker.io/${name}` : `docker.io/library/${name}`;
}
