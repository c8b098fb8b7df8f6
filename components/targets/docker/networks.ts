import type { Member, WorkloadSpec } from "../../workload/index.ts";
import { hostPorts } from "./ports.ts";

/** The network of everything that talks to the internet or owns a host port; its members cannot reach each other. */
export const egress = "egress";

/** A network that a workload joins. */
export interface Membership {
  /** The server whose network it is, or {@link egress}. */
  readonly network: string;
  /** Names under which others on that network find the workload. */
  readonly aliases: string[];
}

/** Members that somebody connects to: each has a network of its own, without a way out. */
export const serversOf = (members: readonly Member[]): readonly string[] => [
  ...new Set(members.flatMap((member) => (member.kind === "workload" ? member.connectsTo.map(({ to }) => to) : []))),
];

/** Networks of a workload, denied by default: its own where somebody connects to it, and those of its servers. */
export function membershipsOf(spec: WorkloadSpec, servers: readonly string[]): readonly Membership[] {
  const joined = new Set(spec.connectsTo.map(({ to }) => to));
  return [
    ...(servers.includes(spec.name) ? [{ network: spec.name, aliases: [spec.name] }] : []),
    ...[...joined].filter((server) => server !== spec.name).map((network) => ({ network, aliases: [] })),
    ...(needsEgress(spec) ? [{ network: egress, aliases: [] }] : []),
  ];
}

/** A container on internal networks alone reaches nothing outside, and Docker publishes none of its ports. */
export const needsEgress = (spec: WorkloadSpec): boolean => spec.internet || hostPorts(spec).length > 0;
