import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { TargetContext } from "../../target.ts";
import { type Namespaces, namespacesOf } from "../names.ts";
import type { KubernetesSection } from "../section.ts";

/** What every resource of the stack needs to know. */
export interface KubernetesStack {
  readonly section: KubernetesSection;
  readonly context: TargetContext;
  readonly namespaces: Namespaces;
  /** Options of a child of `parent`. */
  under(parent: pulumi.Resource, more?: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions;
}

export function kubernetesStack(
  section: KubernetesSection,
  context: TargetContext,
  platform: pulumi.Resource,
): KubernetesStack {
  const settings = section.context === undefined ? {} : { context: section.context };
  const provider = new kubernetes.Provider("kubernetes", settings, { parent: platform });
  return {
    section,
    context,
    namespaces: namespacesOf(context.stack, section),
    under: (parent, more) => ({ parent, provider, ...more }),
  };
}
