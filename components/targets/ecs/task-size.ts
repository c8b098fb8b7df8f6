/** Memory of a container that runs before the workload's own, in MiB. */
export const preparationMemory = { request: 64, limit: 256 } as const;

/** ECS counts 1024 units a core; fewer than 2 the kernel does not take. */
export const cpuUnits = (millicores: number): number => Math.max(2, Math.round((millicores * 1024) / 1000));
