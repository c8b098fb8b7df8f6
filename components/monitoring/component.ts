import * as pulumi from "@pulumi/pulumi";
import { realizeMembers } from "../members.ts";
import type { Target } from "../targets/target.ts";
import { type Duration, formatDuration, type WorkloadSpec } from "../workload/index.ts";

export interface MonitoringStackArgs {
  /** How long measurements are kept; a policy asks that it is stated. */
  readonly retention: Duration;
  readonly members: readonly WorkloadSpec[];
  readonly target: Target;
}

/** Prometheus, Alertmanager, Grafana and the exporters. */
export class MonitoringStack extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:monitoring:MonitoringStack";

  constructor(
    name: string,
    { retention, members, target }: MonitoringStackArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    super(MonitoringStack.__pulumiType, name, { retention: formatDuration(retention) }, options);
    realizeMembers(members, target, this);
    this.registerOutputs({ members: members.map((member) => member.name) });
  }
}
