import * as pulumi from "@pulumi/pulumi";
import { realizeMembers } from "../members.ts";
import type { Target } from "../targets/target.ts";
import { type Duration, formatDuration, type LogLevel, type WorkloadSpec } from "../workload/index.ts";
import { levelWords } from "./levels.ts";

export interface LoggingStackArgs {
  /** The environment's level. */
  readonly level: LogLevel;
  /** How long lines are kept; a policy asks that it is stated. */
  readonly retention: Duration;
  readonly members: readonly WorkloadSpec[];
  readonly target: Target;
}

/** Loki and Promtail; takes the environment's log level and says what it is in each product's own words. */
export class LoggingStack extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:logging:LoggingStack";
  readonly level: LogLevel;
  readonly productLevels: Readonly<Record<string, string>>;

  constructor(
    name: string,
    { level, retention, members, target }: LoggingStackArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    super(LoggingStack.__pulumiType, name, { level, retention: formatDuration(retention) }, options);
    this.level = level;
    this.productLevels = levelWords(level);
    realizeMembers(members, target, this);
    this.registerOutputs({ level, productLevels: this.productLevels, members: members.map((member) => member.name) });
  }
}
