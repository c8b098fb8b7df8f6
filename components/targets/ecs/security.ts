import { openedMembers, portOf } from "../../access.ts";
import { type Member, portNamed } from "../../workload/index.ts";

/** One allowed way: from a group's members to one port of another group's. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/** Group of what runs on the hosts' own network. */
export const hostGroup = "hosts";

/** Group of the load balancer. */
export const balancerGroup = "balancer";

/** Name of the security group that a member's network interface has. */
export const groupOf = (member: Member): string =>
  member.kind === "workload" && member.placement.kind === "per-host" ? hostGroup : member.name;

/** Every group that the members need. */
export const groupsOf = (members: readonly Member[]): readonly string[] => [
  ...new Set([hostGroup, ...members.map(groupOf)]),
];

/** What `connectsTo` allows, and what a tunnel through a host leads to, each once; all else is closed. */
export function waysOf(members: readonly Member[]): readonly Way[] {
  const named = new Map(members.map((member) => [member.name, member]));
  const ways = members.flatMap((member) =>
    member.kind === "managed"
      ? []
      : member.connectsTo.flatMap(({ to, port }): Way[] => {
          const other = named.get(to);
          if (other === undefined)
            throw new RangeError(`${member.name} connects to ${to}, which is not in the platform`);
          const number = other.kind === "managed" ? other.port : portNamed(other, port).number;
          return [{ from: groupOf(member), to: groupOf(other), port: number }];
        }),
  );
  const opened = openedMembers.flatMap((name): Way[] => {
    const member = named.get(name);
    const listens = member?.kind === "workload" && member.ports.some(({ number }) => number === portOf(name));
    return listens ? [{ from: hostGroup, to: groupOf(member), port: portOf(name) }] : [];
  });
  // `./platform secrets rotate` works on the database, whose machine nobody can log in to.
  const administered = members.flatMap((member): Way[] =>
    member.kind === "managed" && member.engine === "postgres"
      ? [{ from: hostGroup, to: groupOf(member), port: member.port }]
      : [],
  );
  return [
    ...new Map([...ways, ...opened, ...administered].map((way) => [`${way.from}-${way.to}-${way.port}`, way])).values(),
  ];
}
