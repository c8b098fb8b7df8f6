import { livePrefix, previousSuffix } from "../../components/delivery/retention.ts";
import type { Image } from "../../components/workload/index.ts";
import type { ImageSource } from "./images.ts";

/**
 * Marks what a stack runs, and what it ran before: after a rollback far back and another release, that is none of the
 * last releases, and its mark alone keeps it. The mark stays where an image is the same as before, or it would be lost.
 * @param before the images that it ran until now, by service.
 */
export async function markLive(
  stack: string,
  source: Pick<ImageSource, "mark">,
  now: ReadonlyMap<string, Image>,
  before: ReadonlyMap<string, Image>,
): Promise<void> {
  const live = `${livePrefix}${stack}`;
  const left = [...before].filter(
    ([service, { digest }]) => digest !== undefined && digest !== now.get(service)?.digest,
  );
  await Promise.all(left.map(([, image]) => source.mark(image, `${live}${previousSuffix}`)));
  await Promise.all([...now.values()].map((image) => source.mark(image, live)));
}
