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

/**
 * What keeps a stack with a mirror from running: images that nobody has copied there, and the way out. Undefined where
 * nothing is missing, and for a stack that has its images from their makers.
 */
export function notMirrored(settings: Settings): string | undefined {
  if (settings.images.mirror === undefined) return undefined;
  const missing = thirdPartyImages(settings).filter((image) => fromOrigin(image, settings.images).digest === undefined);
  if (missing.length === 0) return undefined;
  const names = missing.map(imageReference).join(", ");
  return `nobody has copied ${names} to images.mirror; ./platform images mirror ${settings.stack} does`;
}
