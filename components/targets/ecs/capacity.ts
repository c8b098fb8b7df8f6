import { type Member, maximumReplicas, minimumReplicas, type WorkloadSpec } from "../../workload/index.ts";
import { needsPreparation } from "./files.ts";
import { needsProbeBinary } from "./health.ts";
import { capacityOf } from "./instance-types.ts";
import type { EcsSection } from "./section.ts";
import { cpuUnits, preparationMemory } from "./task-size.ts";

/** What tasks ask of a host, or what a host has: `cpu` in ECS units, 1024 a core. */
export interface Room {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Tasks with a network interface of their own. */
  readonly interfaces: number;
}

/** Kept from tasks by ECS_RESERVED_MEMORY: the agent, Docker and the system. */
export const systemMemoryMiB = 256;

/** The kernel's share of a host's memory: an instance registers with 95 to 97 % of what its type says. */
const usableMemory = 0.95;

/** What a host of that type offers tasks. */
export function roomOf(type: string): Room {
  const { vcpus, memoryGiB, taskInterfaces } = capacityOf(type);
  return {
    cpu: vcpus * 1024,
    memoryMiB: Math.floor(memoryGiB * 1024 * usableMemory) - systemMemoryMiB,
    interfaces: taskInterfaces,
  };
}

/** What runs before the workload reserves memory as long as the task lives. */
const helpersOf = (spec: WorkloadSpec): number =>
  [needsPreparation(spec), spec.agent !== undefined, needsProbeBinary(spec)].filter(Boolean).length;

/** What one task of the workload reserves. */
export function demandOf(spec: WorkloadSpec): Room {
  return {
    cpu: cpuUnits(spec.resources.cpu.request),
    memoryMiB: spec.resources.memory.request + helpersOf(spec) * preparationMemory.request,
    interfaces: spec.placement.kind === "per-host" ? 0 : 1,
  };
}

/** How many tasks of one kind a host holds beside what runs on it already. */
export function tasksThatFit(host: Room, taken: Room, task: Room): number {
  const counts = dimensions.flatMap((of) => (task[of] === 0 ? [] : [Math.floor((host[of] - taken[of]) / task[of])]));
  return Math.max(0, Math.min(...counts));
}

/**
 * How many hosts hold all these tasks beside what runs on every host: the largest first, each on the first host with room. A sum
 * of what they ask for would promise room that lies in pieces too small for any task.
 * @param tasks each fits on an empty host.
 */
export function hostsNeeded(host: Room, everywhere: Room, tasks: readonly Room[]): number {
  const share = (task: Room): number => Math.max(...dimensions.map((of) => task[of] / host[of]));
  const hosts: Room[] = [];
  for (const task of tasks.toSorted((one, other) => share(other) - share(one))) {
    const first = hosts.findIndex((taken) => tasksThatFit(host, taken, task) > 0);
    if (first === -1) hosts.push(plus(everywhere, task));
    else hosts.splice(first, 1, plus(hosts[first] ?? everywhere, task));
  }
  return hosts.length;
}

const dimensions = ["cpu", "memoryMiB", "interfaces"] as const;
const nothing: Room = { cpu: 0, memoryMiB: 0, interfaces: 0 };

const plus = (one: Room, other: Room): Room => ({
  cpu: one.cpu + other.cpu,
  memoryMiB: one.memoryMiB + other.memoryMiB,
  interfaces: one.interfaces + other.interfaces,
});
const times = (room: Room, count: number): Room => ({
  cpu: room.cpu * count,
  memoryMiB: room.memoryMiB * count,
  interfaces: room.interfaces * count,
});
const total = (rooms: readonly Room[]): Room => rooms.reduce(plus, nothing);
const words = { cpu: "CPU units", memoryMiB: "MiB of memory", interfaces: "task interfaces" } as const;

/** Where the members do not fit on the hosts that the section asks for; each one message. Empty when they do. */
export function capacityProblems(
  members: readonly Member[],
  section: Pick<EcsSection, "hosts" | "monitoringHost">,
): readonly string[] {
  const workloads = members.filter((member) => member.kind === "workload");
  const everywhere = total(workloads.filter(({ placement }) => placement.kind === "per-host").map(demandOf));
  return [
    ...monitoringHostProblems(workloads, everywhere, section),
    ...hostProblems(workloads, everywhere, section),
    ...hostPortProblems(workloads),
  ];
}

function monitoringHostProblems(
  workloads: readonly WorkloadSpec[],
  everywhere: Room,
  { monitoringHost: { instanceType } }: Pick<EcsSection, "monitoringHost">,
): string[] {
  const owners = workloads.filter(({ placement }) => placement.kind === "stateful");
  const asked = plus(everywhere, total(owners.map(demandOf)));
  return exceeded(asked, roomOf(instanceType)).map(
    (of) =>
      `ecs.monitoringHost.instanceType: ${instanceType} has ${roomOf(instanceType)[of]} ${words[of]}, ${[...owners.map(({ name }) => name), "what runs on every host"].join(", ")} ask for ${asked[of]}; take a larger type`,
  );
}

function hostProblems(
  workloads: readonly WorkloadSpec[],
  everywhere: Room,
  { hosts: { instanceType, minimum, maximum } }: Pick<EcsSection, "hosts">,
): string[] {
  const rolling = workloads.filter(({ placement }) => placement.kind === "stateless");
  const host = roomOf(instanceType);
  const tooLarge = rolling
    .filter((spec) => tasksThatFit(host, everywhere, demandOf(spec)) === 0)
    .map(
      ({ name }) =>
        `ecs.hosts.instanceType: no task of ${name} fits on a ${instanceType} beside what runs on every host; take a larger type`,
    );
  if (tooLarge.length > 0) return tooLarge;
  const tooFew = (key: string, hosts: number, what: string, count: (spec: WorkloadSpec) => number): string[] => {
    const tasks = rolling.flatMap((spec) => Array.from({ length: count(spec) }, () => demandOf(spec)));
    const needed = hostsNeeded(host, everywhere, tasks);
    if (needed <= hosts) return [];
    const asked = plus(times(everywhere, needed), total(tasks));
    return [
      `ecs.hosts.${key}: ${hosts} hosts of ${instanceType} are too few: ${what} need ${needed} (${dimensions.map((of) => `${asked[of]} ${words[of]}`).join(", ")}); say ${needed} or take a larger type`,
    ];
  };
  return [
    // ECS would add the missing ones; the first update would wait for them, and a floor below what always runs is none.
    ...tooFew("minimum", minimum, "all replicas at their minimum", fewestTasks),
    ...tooFew("maximum", maximum, "all replicas at their maximum and one release under way", mostTasks),
  ];
}

/** What runs on the host's own network shares its ports. */
function hostPortProblems(workloads: readonly WorkloadSpec[]): string[] {
  const taken = new Map<number, string>();
  return workloads
    .filter(({ placement }) => placement.kind === "per-host")
    .flatMap(({ name, ports }) =>
      ports.flatMap(({ number }) => {
        const other = taken.get(number);
        taken.set(number, name);
        return other === undefined ? [] : [`${name}: port ${number} on every host is ${other}'s; choose another`];
      }),
    );
}

const exceeded = (asked: Room, offered: Room) => dimensions.filter((of) => asked[of] > offered[of]);

const fewestTasks = ({ placement }: WorkloadSpec): number =>
  placement.kind === "stateless" ? minimumReplicas(placement.scaling) : 1;

function mostTasks({ placement }: WorkloadSpec): number {
  if (placement.kind !== "stateless") return 1;
  return maximumReplicas(placement.scaling) + placement.rollout.surge;
}
