import { probeImage } from "../../components/blueprint.ts";
import type { ReleasedImages } from "../../components/delivery/releases.ts";
import type { Settings } from "../../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { type Image, imageReference } from "../../components/workload/index.ts";
import { UserError } from "../console/error.ts";

/** Where a stack's images are: its Docker daemon, or the registry that its hosts pull from. */
export interface ImageSource {
  /** As in "is not in …". */
  readonly name: string;
  /** The image, with its digest where it has one; undefined for an image that is not there. */
  find(image: Image): Promise<{ readonly digest?: string } | undefined>;
  /** Moves a tag to the image; false where that is gone. Where nothing is cleaned up by tag it does nothing. */
  mark(image: Image, tag: string): Promise<boolean>;
  /** Digest of the image of that name that has the tag; undefined for none, and where nothing is marked. */
  marked(image: Pick<Image, "repository">, tag: string): Promise<string | undefined>;
}

/** What comes before the names of the application's images, as `ghcr.io/example/trading`. */
export const applicationRegistry = (settings: Settings): string =>
  probeImage(settings).repository.slice(0, -"/probe".length);

/** The images that a stack's release is made of, by service. */
export function releaseImages(settings: Settings): ReadonlyMap<string, Image> {
  const probe = probeImage(settings);
  const prefix = `${applicationRegistry(settings)}/`;
  const { mirror } = settings.images;
  const isCopy = (repository: string): boolean => mirror !== undefined && repository.startsWith(`${mirror}/`);
  const workloads = membersOf(describePlatform(settings)).filter(isWorkload);
  const needsProbe = workloads.some(({ probes }) => probes.tool === "probe-binary");
  const images = [...workloads.map(({ image }) => image), ...(needsProbe ? [probe] : [])];
  return new Map(
    images
      // Copies of what others make may lie below it.
      .filter(({ repository }) => repository.startsWith(prefix) && !isCopy(repository))
      .map((image) => [image.repository.slice(prefix.length), image]),
  );
}

/**
 * Looks every image up, and answers the release with their digests. Throws a UserError that names all that are missing, or who
 * does not tell.
 */
export async function requireImages(
  stack: string,
  version: string,
  images: ReadonlyMap<string, Image>,
  source: ImageSource,
): Promise<ReleasedImages> {
  const found = await Promise.all(
    [...images].map(async ([service, image]) => ({ service, image, found: await source.find(image) })),
  ).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${stack}: whether the images of ${version} are there is not known, so nothing was touched: ${error.message}`,
    );
  });
  const missing = found.filter((one) => one.found === undefined).map(({ image }) => imageReference(image));
  if (missing.length > 0) {
    throw new UserError(
      `${stack}: ${version} cannot be deployed, nothing was touched: not in ${source.name}: ${missing.join(", ")}. ` +
        `Push what is missing there, or choose another release (./platform releases ${stack})`,
    );
  }
  const digests = found.flatMap(({ service, found: { digest } = {} }) =>
    digest === undefined ? [] : [[service, digest]],
  );
  return { version, images: Object.fromEntries(digests) };
}
