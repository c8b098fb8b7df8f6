import type * as pulumi from "@pulumi/pulumi";
import { StartOrder } from "../start-order.ts";
import type { Target, TargetContext } from "../target.ts";
import { layFoundation } from "./foundation.ts";
import { publishedPorts } from "./ports.ts";
import type { DockerSection } from "./section.ts";
import { realizeWorkload } from "./workload.ts";

/** Lays networks and images under `platform` and takes workloads. */
export function startDocker(section: DockerSection, context: TargetContext, platform: pulumi.Resource): Target {
  const foundation = layFoundation(section, context, platform);
  const order = new StartOrder();
  return {
    workload: (spec, parent) => {
      realizeWorkload(spec, foundation, parent, order.after(spec.startsAfter));
      order.announce(spec.name, parent);
    },
    managedService: ({ name, engine }) => {
      throw new Error(`docker: ${name} is a managed ${engine}; target docker runs none`);
    },
    outputs: Object.fromEntries(context.members.flatMap((member) => addressesOf(member, section))),
  };
}

/** `gateway-https: 127.0.0.1:443` for each port on the host. */
function addressesOf(member: TargetContext["members"][number], section: DockerSection): [string, string][] {
  if (member.kind === "managed") return [];
  return publishedPorts(member, section).map(({ ip, external }) => {
    const port = member.ports.find(({ number }) => number === external);
    return [`${member.name}-${port?.name ?? external}`, `${ip.includes(":") ? `[${ip}]` : ip}:${external}`];
  });
}
