import type { KubernetesAccess } from "../../workload/index.ts";

/** The resources that the platform reads, by API group; the core group has no name. */
const apiGroups: Readonly<Record<string, readonly string[]>> = {
  "": ["pods", "nodes", "services", "endpoints", "persistentvolumeclaims"],
  apps: ["deployments", "statefulsets", "daemonsets"],
  autoscaling: ["horizontalpodautoscalers"],
};

/** The API group of a resource; undefined for one that is not listed here. */
export const apiGroupOf = (resource: string): string | undefined =>
  Object.keys(apiGroups).find((group) => apiGroups[group]?.includes(resource));

/** One RBAC rule for each API group, reading only. */
export const accessRules = ({ resources, verbs }: KubernetesAccess) =>
  Object.entries(apiGroups)
    .map(([group, known]) => ({
      apiGroups: [group],
      resources: resources.filter((resource) => known.includes(resource)),
      verbs: [...verbs],
    }))
    .filter((rule) => rule.resources.length > 0);
