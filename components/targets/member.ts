import type { ManagedService, WorkloadSpec } from "../workload/index.ts";

/** True for what runs in a container of ours. */
export const isWorkload = (member: WorkloadSpec | ManagedService): member is WorkloadSpec => member.kind === "workload";
