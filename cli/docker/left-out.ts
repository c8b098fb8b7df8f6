import type { WorkloadSpec } from "../../components/workload/index.ts";
import { imageReference } from "../../components/workload/index.ts";
import { waysToBring } from "../images/left-out.ts";

/** What cannot run here for want of its image. */
export interface LeftOutHere {
  readonly names: readonly string[];
  /** One for each image: who is left out, why, and what would bring it. */
  readonly lines: readonly string[];
}

/**
 * The workloads whose image cannot be had.
 * @param missing images by their reference, and what became of the attempts to have them.
 * @param running those stay: an update fails for want of the new image, and the old one serves on.
 */
export function leftOutHere(
  workloads: readonly Pick<WorkloadSpec, "name" | "image">[],
  missing: ReadonlyMap<string, string>,
  running: readonly string[],
): LeftOutHere {
  const gone = workloads.filter(({ name }) => !running.includes(name));
  const found = [...missing].flatMap(([reference, why]) => {
    const names = gone.filter(({ image }) => imageReference(image) === reference).map(({ name }) => name);
    return names.length === 0 ? [] : [{ names, line: lineOf(names, reference, why) }];
  });
  return { names: found.flatMap(({ names }) => names), lines: found.map(({ line }) => line) };
}

function lineOf(names: readonly string[], reference: string, why: string): string {
  const [are, their] = names.length === 1 ? ["is", "its"] : ["are", "their"];
  return `${names.join(" and ")} ${are} left out: ${their} image ${reference} ${why}; ${waysToBring}`;
}
