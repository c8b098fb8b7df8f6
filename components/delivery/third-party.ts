import type { Settings } from "../settings.ts";
import { describePlatform, isWorkload, membersOf } from "../specification.ts";
import { fromOrigin, type Image, imageReference } from "../workload/index.ts";

/** The images that a stack runs and that are not of its own release, as their makers publish them; each once, by name. */
export function thirdPartyImages(settings: Settings): readonly Image[] {
  const { registry: _, mirror: __, mirrored: ___, ...images } = settings.images;
  const workloads = membersOf(describePlatform({ ...settings, images })).filter(isWorkload);
  const all = [
    ...workloads.flatMap(({ image, agent }) => [image, ...(agent === undefined ? [] : [agent.image])]),
    ...settings.target.ownImages,
  ].filter(({ repository }) => !repository.startsWith(`${images.application}/`));
  const distinct = new Map(all.map((image) => [imageReference(image), image]));
  return [...distinct.values()].toSorted((one, other) => (imageReference(one) < imageReference(other) ? -1 : 1));
}

/** Those that a stack with a mirror has no digest of: nobody has copied them, so nothing can run them. */
export const notMirrored = (settings: Settings): readonly Image[] =>
  settings.images.mirror === undefined
    ? []
    : thirdPartyImages(settings).filter((image) => fromOrigin(image, settings.images).digest === undefined);
