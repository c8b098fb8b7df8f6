import type { WorkloadSpec } from "../../workload/index.ts";
import { isWorkload } from "../member.ts";
import type { TargetContext } from "../target.ts";
import { publishes } from "./ports.ts";

/** The network of what talks to the world or is reached from the host. */
export const outside = "outside";

/** Networks of a stack: one for each workload that is connected to, so that nobody else reaches it; and the way out. */
export function networksOf({ members }: Pick<TargetContext, "members">): readonly string[] {
  const servers = members.filter(isWorkload).flatMap((spec) => spec.connectsTo.map(({ to }) => to));
  return [...new Set(servers), outside];
}

/** Networks that a workload joins: its own if anybody connects to it, and those of whom it connects to. */
export function networksJoined(spec: WorkloadSpec, all: readonly string[]): readonly string[] {
  const own = all.includes(spec.name) ? [spec.name] : [];
  const others = spec.connectsTo.map(({ to }) => to);
  const out = spec.internet || publishes(spec) ? [outside] : [];
  const joined = [...new Set([...own, ...others, ...out])];
  // Docker gives a container without any network the default bridge, where everybody meets.
  return joined.length > 0 ? joined : [outside];
}
