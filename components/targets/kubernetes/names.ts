import type { WorkloadSpec } from "../../workload/index.ts";
import type { TargetContext } from "../target.ts";
import type { KubernetesSection } from "./section.ts";

/** Where a stack's objects live. */
export interface Namespaces {
  /** Pod security `restricted`: nearly everything. */
  readonly main: string;
  /**
   * Pod security `privileged`: only what reads the hosts. Beside the others it would lower the admission rule for all,
   * since Kubernetes admits pods by namespace.
   */
  readonly hosts: string;
}

export function namespacesOf(stack: string, { namespace }: Pick<KubernetesSection, "namespace">): Namespaces {
  const main = namespace ?? `trading-${stack}`;
  return { main, hosts: `${main}-hosts` };
}

/** The profile `restricted` knows neither root nor folders of the host. */
const readsHost = ({ user, volumes }: Pick<WorkloadSpec, "user" | "volumes">): boolean =>
  user.kind === "root" || volumes.some((volume) => volume.kind === "host");

export const namespaceOf = (spec: Pick<WorkloadSpec, "user" | "volumes">, { main, hosts }: Namespaces): string =>
  readsHost(spec) ? hosts : main;

/** Never changes while a workload lives: what selects its pods. */
export const selectorLabels = (name: string, stack: string) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/instance": stack,
});

/** Labels of whatever belongs to the stack as a whole. */
export const stackLabels = ({ stack, environment }: Pick<TargetContext, "stack" | "environment">) => ({
  "app.kubernetes.io/instance": stack,
  "app.kubernetes.io/part-of": "trading-platform",
  "app.kubernetes.io/managed-by": "pulumi",
  "trading-platform/environment": environment,
});

/**
 * Labels of a workload's objects and pods. The version is the image's, not the release's: a release must not restart
 * the database.
 */
export const workloadLabels = (
  spec: Pick<WorkloadSpec, "name" | "part" | "image">,
  context: Pick<TargetContext, "stack" | "environment">,
) => ({
  ...stackLabels(context),
  ...selectorLabels(spec.name, context.stack),
  "app.kubernetes.io/component": spec.part,
  "app.kubernetes.io/version": labelValue(spec.image.version),
});

/** A label's value has at most 63 characters and ends in a letter or digit; the image itself says the whole version. */
const labelValue = (text: string): string => text.slice(0, 63).replace(/[^A-Za-z0-9]+$/, "");
