/** What a host of an EC2 type has room for. */
export interface InstanceCapacity {
  readonly vcpus: number;
  readonly memoryGiB: number;
  /** Tasks with a network interface of their own, with `awsvpcTrunking` on. */
  readonly taskInterfaces: number;
}

/**
 * Sizes of the families below. Interfaces: "Amazon ECS Developer Guide, Supported instances for increased Amazon ECS
 * container network interfaces", column "Task limit with ENI trunking".
 */
const sizes = {
  large: { vcpus: 2, taskInterfaces: 10 },
  xlarge: { vcpus: 4, taskInterfaces: 20 },
  "2xlarge": { vcpus: 8, taskInterfaces: 40 },
  "4xlarge": { vcpus: 16, taskInterfaces: 60 },
} as const;

const gibPerVcpu = { c6i: 2, c7i: 2, m6i: 4, m7i: 4, r6i: 8, r7i: 8 } as const;

/** The EC2 types that hosts may have: x86 (the images' platform), current, with ENI trunking. */
export const instanceTypes: Readonly<Record<string, InstanceCapacity>> = Object.fromEntries(
  Object.entries(gibPerVcpu).flatMap(([family, gib]) =>
    Object.entries(sizes).map(([size, capacity]) => [
      `${family}.${size}`,
      { ...capacity, memoryGiB: gib * capacity.vcpus },
    ]),
  ),
);

export function capacityOf(type: string): InstanceCapacity {
  const found = instanceTypes[type];
  if (found === undefined) throw new RangeError(`EC2 type ${type} is not in the table of instance-types.ts`);
  return found;
}
