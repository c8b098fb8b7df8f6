import type { WorkloadSpec } from "../../workload/index.ts";
import { numbered } from "../docker/names.ts";
import { egress, needsEgress } from "../docker/networks.ts";

/**
 * The network by which each workload that needs one gets out. Compose lets a service answer to its name on every network:
 * a client that shared one with its server would find it there, where it cannot reach it. Those two never share one; all
 * others may, because Docker's own address pools are good for thirty networks on a host.
 */
export function waysOut(workloads: readonly WorkloadSpec[]): ReadonlyMap<string, string> {
  const ways = new Map<string, string>();
  for (const spec of workloads.filter(needsEgress)) {
    const taken = workloads.filter((other) => areConnected(spec, other)).map(({ name }) => ways.get(name));
    const free = workloads.map((_, index) => numbered(egress, index)).find((way) => !taken.includes(way));
    if (free !== undefined) ways.set(spec.name, free);
  }
  return ways;
}

const areConnected = (one: WorkloadSpec, other: WorkloadSpec): boolean =>
  one.connectsTo.some(({ to }) => to === other.name) || other.connectsTo.some(({ to }) => to === one.name);
