import { livePrefix, previousSuffix } from "../../components/delivery/retention.ts";
import { type Image, imageReference } from "../../components/workload/index.ts";
import { UserError } from "../console/error.ts";
import type { ImageSource } from "./images.ts";

/**
 * Services of which the registry has another image marked as what runs than this checkout's record says, as after a deploy
 * that was not pulled. A service without a mark, or without a digest on record, is none of them.
 */
export async function markedOtherwise(
  stack: string,
  source: Pick<ImageSource, "marked">,
  recorded: ReadonlyMap<string, Image>,
): Promise<readonly string[]> {
  const asked = await Promise.all(
    [...recorded].map(async ([service, image]) => {
      if (image.digest === undefined) return [];
      const marked = await source.marked(image, `${livePrefix}${stack}`);
      return marked === undefined || marked === image.digest ? [] : [service];
    }),
  );
  return asked.flat();
}

/**
 * Marks what a stack runs, and what it ran before: after a rollback far back and another release, that is none of the
 * last releases, and its mark alone keeps it. The mark stays where an image is the same as before, or it would be lost.
 * What ran before may be gone, or in another registry: then there is nothing to keep. Throws a UserError where what runs is.
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
  const marked = await Promise.all(
    [...now.values()].map(async (image) => ({ image, isThere: await source.mark(image, live) })),
  );
  const gone = marked.filter(({ isThere }) => !isThere).map(({ image }) => imageReference(image));
  if (gone.length === 0) return;
  throw new UserError(
    `${stack}: runs ${gone.join(", ")}, which the registry no longer has: a new host cannot start it; ` +
      "push it there again, or deploy another release",
  );
}
