import type { Settings } from "../../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { imageReference, type WorkloadSpec } from "../../components/workload/index.ts";
import type { Daemon } from "../../offline/docker/daemon/client.ts";
import { isRecipe } from "../images/catalogue.ts";
import { waysToBring } from "../images/left-out.ts";
import { provideImages } from "../images/provide.ts";
import { type ImageStore, storeOf } from "../images/store.ts";
import { type Wanted, wantedImages } from "../images/wanted.ts";
import { componentOf, containersOf } from "./daemon.ts";

/** What cannot run here for want of its image. */
export interface LeftOutHere {
  readonly names: readonly string[];
  /** One for each image: who is left out, why, and what would bring it. */
  readonly lines: readonly string[];
}

export const nobodyLeftOut: LeftOutHere = { names: [], lines: [] };

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

/**
 * The workloads that cannot run here for want of an image, beside those that the settings leave out.
 * @param getThem get or build the images that are not there; otherwise no registry is asked.
 */
export async function withoutImages(
  settings: Settings,
  daemon: Daemon,
  { getThem }: { readonly getThem: boolean },
): Promise<LeftOutHere> {
  const workloads = membersOf(describePlatform(settings)).filter(isWorkload);
  const used = new Set(workloads.map(({ image }) => imageReference(image)));
  const wanted = wantedImages(settings, []).filter(({ reference, own }) => own || used.has(reference));
  const store = storeOf(daemon);
  const missing = getThem ? await notProvided(wanted, store) : await notToBeHad(wanted, store);
  const running = (await containersOf({ docker: daemon.docker, stack: settings.stack })).map(componentOf);
  return leftOutHere(workloads, missing, running);
}

/** Gets or builds the images; those that it cannot, by their reference, and why. */
async function notProvided(wanted: readonly Wanted[], store: ImageStore): Promise<ReadonlyMap<string, string>> {
  const provided = await provideImages(wanted, false, store);
  const missing = provided.filter(({ how }) => how === "left out");
  return new Map(missing.map(({ wanted: { reference }, why = "" }) => [reference, why]));
}

/** The same without getting any; no registry is asked. */
async function notToBeHad(wanted: readonly Wanted[], store: ImageStore): Promise<ReadonlyMap<string, string>> {
  const missing = wanted.map(async ({ reference, entry }) =>
    isRecipe(entry) || (await store.find(reference)) !== undefined
      ? []
      : [[reference, `is not on the Docker daemon, and cannot be built here: ${entry.leftOut}`] as const],
  );
  return new Map((await Promise.all(missing)).flat());
}
