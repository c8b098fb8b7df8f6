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
    outputs: Object.fromEntries(context.members.flatMap((member) => addressesOf(member, context, section))),
  };
}

/** `gateway-https: https://127.0.0.1:443` for each port on the host; one that is forwarded goes by its owner's name. */
function addressesOf(
  member: TargetContext["members"][number],
  { members }: TargetContext,
  section: DockerSection,
): [string, string][] {
  if (member.kind === "managed") return [];
  return publishedPorts(member, section).flatMap(({ ip, external }): [string, string][] => {
    const port = member.ports.find(({ number }) => number === external);
    const owner = members.find(({ name }) => name === port?.name);
    if (owner === undefined) return [[`${member.name}-${port?.name}`, addressOf(port?.name, ip, external)]];
    return owner.kind === "managed"
      ? []
      : owner.ports
          .filter(({ number }) => number === external)
          .map(({ name }) => [`${owner.name}-${name}`, addressOf(name, ip, external)]);
  });
}

/** A URL where a browser can show it. */
function addressOf(portName: string | undefined, ip: string, port: number): string {
  const address = `${ip.includes(":") ? `[${ip}]` : ip}:${port}`;
  return portName === "http" || portName === "https" ? `${portName}://${address}` : address;
}
