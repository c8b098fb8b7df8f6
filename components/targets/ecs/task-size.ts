/** Memory of a container that runs before the workload's own, in MiB. */
export const preparationMemory = { request: 64, limit: 256 } as const;

/** ECS counts 1024 units a core. */
export const cpuUnits = (millicores: number): number => Math.round((millicores * 1024) / 1000);
