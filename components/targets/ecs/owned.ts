import { isWorkload, type Member } from "../../workload/index.ts";
import { type Owned, platformItself } from "../clashes.ts";
import { preparationContainer, probeContainer } from "./containers.ts";
import { balancerGroup, groupOf, hostGroup } from "./security.ts";

/** What is called by the name of a member and could meet the name of something else. */
export const owned = (members: readonly Member[]): readonly Owned[] => [
  ...[hostGroup, balancerGroup].map((name) => ({ kind: "security group", name, owner: platformItself })),
  ...members
    .filter((member) => groupOf(member) === member.name)
    .map(({ name }) => ({ kind: "security group", name, owner: `member ${name}` })),
  ...members.filter(isWorkload).flatMap(({ name }) => {
    const kind = `container of task ${name}`;
    return [
      { kind, name, owner: `workload ${name}` },
      ...[preparationContainer, probeContainer].map((other) => ({ kind, name: other, owner: platformItself })),
    ];
  }),
];
