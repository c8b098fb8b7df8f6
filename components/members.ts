import type * as pulumi from "@pulumi/pulumi";
import type { Target } from "./targets/target.ts";
import { Workload } from "./workload/component.ts";
import type { Member } from "./workload/index.ts";

/** Makes the members of one part of the platform as children of `parent`: ours as Workload, the cloud's as the target has them. */
export function realizeMembers(members: readonly Member[], target: Target, parent: pulumi.Resource): void {
  for (const member of members) {
    if (member.kind === "workload") {
      new Workload(member.name, { spec: member, realize: target.workload }, { parent });
    } else {
      target.managedService(member, parent);
    }
  }
}
