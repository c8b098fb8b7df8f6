import type * as pulumi from "@pulumi/pulumi";
import type { WorkloadSpec } from "../../../workload/index.ts";
import { namespaceOf, workloadLabels } from "../names.ts";
import type { Foundation, PullSecret } from "./foundation.ts";
import type { KubernetesStack } from "./stack.ts";

/** A workload in its place: what the makers of its objects share. */
export interface Placed {
  readonly spec: WorkloadSpec;
  readonly stack: KubernetesStack;
  readonly pullSecrets: readonly PullSecret[];
  /** Of an object of this workload; by default it bears the workload's name. */
  metadata(name?: string): Metadata;
  /** Options of one of its objects. */
  options(more?: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions;
}

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

export function place(spec: WorkloadSpec, { stack, grounds }: Foundation, parent: pulumi.Resource): Placed {
  const namespace = namespaceOf(spec, stack.namespaces);
  const labels = workloadLabels(spec, stack.context);
  const dependsOn = grounds.flatMap(({ ready }) => ready);
  return {
    spec,
    stack,
    pullSecrets: grounds.filter((ground) => ground.namespace === namespace).flatMap(({ pullSecrets }) => pullSecrets),
    metadata: (name = spec.name) => ({ name, namespace, labels }),
    options: (more) => stack.under(parent, { dependsOn, ...more }),
  };
}
