import { join } from "node:path";
import { adopted, type OtherLock } from "../../components/delivery/mirror.ts";
import { thirdPartyImages } from "../../components/delivery/third-party.ts";
import { imageReference } from "../../components/workload/index.ts";
import { readStackFile, stacksIn } from "../../stacks/files.ts";
import { formatMirrored, mirrorFile, readMirrored } from "../../stacks/mirrored.ts";
import { readSettings } from "../../stacks/read.ts";
import { UserError } from "../console/error.ts";
import { say } from "../console/progress.ts";
import { table } from "../console/table.ts";
import { writeWhole } from "../release/record.ts";
import { opened } from "../release/registry.ts";
import { type MirrorRequest, mirrorImages } from "./mirror.ts";

export interface MirrorOptions {
  readonly renew: boolean;
  /** Parts of images' names; none: all. */
  readonly only: readonly string[];
  /** Default: registries, with what `docker login` has left. For tests. */
  readonly open?: MirrorRequest["open"];
  /** Default: a few seconds. For tests. */
  readonly patience?: MirrorRequest["patience"];
}

/**
 * Fills a stack's registry with the third-party images that it runs, and locks their digests in the checkout. Does nothing
 * for a stack that has them from their makers. Throws a UserError that names what is refused; the lock is as it was then.
 */
export async function mirrorStack(
  checkout: string,
  stack: string,
  { renew, only, open = opened, patience }: MirrorOptions,
): Promise<void> {
  const settings = readSettings(readStackFile(checkout, stack));
  const { mirror, registry, keep } = settings.images;
  const place = mirror ?? registry;
  if (place === undefined) {
    say(`${stack}: third-party images come from their makers (images.mirror is not said); nothing to copy`);
    return;
  }
  const all = thirdPartyImages(settings);
  const images = all.filter(({ repository }) => only.length === 0 || only.some((word) => repository.includes(word)));
  if (images.length === 0) {
    const names = all.map(({ repository }) => repository).join(", ");
    throw new UserError(`${stack} runs no image of ${only.join(", ")}; it runs ${names}`, 2);
  }
  const locked = readMirrored(checkout, stack);
  const { machine } = settings.target;
  const taken = renew ? [] : adopted(images.map(imageReference), locked, otherLocks(checkout, stack, machine), now());
  for (const each of taken) say(`${each.reference}: as ${each.stack} runs it, ${each.entry.digest}`);
  const { done, lock } = await mirrorImages({
    ...{ stack, images, mirror: place, keep, machine, renew, open, say },
    locked: { ...locked, ...Object.fromEntries(taken.map(({ reference, entry }) => [reference, entry])) },
    ...(patience !== undefined && { patience }),
  });
  const text = formatMirrored(stack, lock);
  if (text !== formatMirrored(stack, locked)) {
    await writeWhole(join(checkout, mirrorFile(stack)), text);
    say(`${mirrorFile(stack)} says so; commit and push it, or the next deploy copies anew`);
  }
  const rows = done.map(({ reference, how, digest, bytes }) => [
    reference,
    how,
    bytes === undefined ? "" : String(Math.ceil(bytes / 1e6)),
    digest.slice(0, "sha256:".length + 12),
  ]);
  console.log(table([["image", "how", "MB", "digest"], ...rows]));
}

const now = (): string => new Date().toISOString();

/** What the other stacks of the checkout run on the same kind of machine. */
const otherLocks = (checkout: string, stack: string, machine: string | undefined): readonly OtherLock[] =>
  stacksIn(checkout)
    .filter((other) => other !== stack)
    .map((other) => ({ stack: other, images: readMirrored(checkout, other) }))
    .filter(({ stack: other, images }) => Object.keys(images).length > 0 && machineOf(checkout, other) === machine);

const machineOf = (checkout: string, stack: string): string | undefined =>
  readSettings(readStackFile(checkout, stack)).target.machine;
