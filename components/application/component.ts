import * as pulumi from "@pulumi/pulumi";
import { realizeMembers } from "../members.ts";
import type { Member } from "../specification.ts";
import type { Target } from "../targets/target.ts";

export interface ApplicationArgs {
  readonly members: readonly Member[];
  readonly target: Target;
}

/** The customers' side: backend, worker, frontend, gateway, and the database and cache they stand on. */
export class Application extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:application:Application";

  constructor(name: string, { members, target }: ApplicationArgs, options: pulumi.ComponentResourceOptions) {
    super(Application.__pulumiType, name, {}, options);
    realizeMembers(members, target, this);
    this.registerOutputs({ members: members.map((member) => member.name) });
  }
}
