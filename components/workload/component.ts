import * as pulumi from "@pulumi/pulumi";
import type { WorkloadSpec } from "./spec.ts";

export interface WorkloadArgs {
  readonly spec: WorkloadSpec;
  /** Makes the resources as children of what it is given: the stack's target. */
  readonly realize: (spec: WorkloadSpec, parent: pulumi.Resource) => void;
}

/** One workload in the component tree, the same on every target; below it are the target's own resources. */
export class Workload extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:workload:Workload";

  constructor(name: string, { spec, realize }: WorkloadArgs, options: pulumi.ComponentResourceOptions) {
    // Plain inputs, without files and variables: a policy judges them, and nothing here may be secret.
    const { image, ports, probes, placement, resources, user, readOnlyRootFilesystem, logs } = spec;
    const stated = { name: spec.name, image, ports, probes, placement, resources, user, readOnlyRootFilesystem, logs };
    super(Workload.__pulumiType, name, stated, options);
    realize(spec, this);
    this.registerOutputs(stated);
  }
}
