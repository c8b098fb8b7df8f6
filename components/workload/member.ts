import type { ManagedService } from "./managed.ts";
import type { WorkloadSpec } from "./spec.ts";

/** A part of the platform: a container of ours, or what the cloud runs in its place. */
export type Member = WorkloadSpec | ManagedService;

/** True for what runs in a container of ours. */
export const isWorkload = (member: Member): member is WorkloadSpec => member.kind === "workload";
