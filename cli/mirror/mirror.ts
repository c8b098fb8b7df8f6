import {
  type Decision,
  decide,
  type Mirrored,
  type MirroredImage,
  mirrorTag,
  type Named,
  withMirrored,
} from "../../components/delivery/mirror.ts";
import { livePrefix, previousSuffix } from "../../components/delivery/retention.ts";
import { type Image, imageReference, inRegistry } from "../../components/workload/index.ts";
import { UserError } from "../console/error.ts";
import { runSideBySide } from "../engine/concurrency.ts";
import type { Patience } from "../registry/fault.ts";
import type { Place } from "../release/registry.ts";
import { chosen, copyImage, patientPlaces, tagImage } from "./copy.ts";

export interface MirrorRequest {
  readonly stack: string;
  /** As their makers publish them. */
  readonly images: readonly Image[];
  /** Where the copies are: a registry with a path. */
  readonly mirror: string;
  /** The lock as it is. */
  readonly locked: Mirrored;
  /** Versions of a repository that the registry keeps. */
  readonly keep: number;
  /** The only kind of machine that runs them; undefined: all are copied. */
  readonly machine: string | undefined;
  /** Whether what a tag names now takes the place of what is locked. */
  readonly renew: boolean;
  /** Opens the place of an image. */
  readonly open: (image: Pick<Image, "repository">) => Promise<Place>;
  /** How often is tried what a fault of the network ends. */
  readonly patience?: Patience;
  /** One line of news. */
  readonly say: (line: string) => void;
}

/** What became of an image. */
export interface Mirroring {
  readonly reference: string;
  readonly how: "was there" | "copied";
  readonly digest: string;
  readonly bytes?: number;
}

interface Planned {
  readonly image: Image;
  readonly decision: Exclude<Decision, { readonly kind: "refused" }>;
}

/** Images at a time. */
const asked = 4;

/**
 * Copies what the stack's registry does not have yet, and answers the lock as it is then. Nothing is copied where one
 * image cannot be; what was copied before a fault stays and is not copied again. Throws a UserError that names every
 * image that is refused.
 */
export async function mirrorImages(
  stated: MirrorRequest,
): Promise<{ readonly done: readonly Mirroring[]; readonly lock: Mirrored }> {
  const request = { ...stated, open: patientPlaces(stated.open, stated.patience) };
  const { images, locked, keep, say } = request;
  const plans = await runSideBySide(
    images.map((image) => () => planned(image, request)),
    asked,
  );
  const refused = plans.flatMap((plan) => ("refused" in plan ? [plan.refused] : []));
  if (refused.length > 0) throw new UserError([...refused, "nothing was copied"].join("\n"));
  const done: Mirroring[] = [];
  const now: Record<string, MirroredImage> = {};
  for (const plan of plans) {
    if ("refused" in plan) continue;
    if ("note" in plan.decision && plan.decision.note !== undefined) say(plan.decision.note);
    const { mirroring, entry } = await carriedOut(plan, request);
    now[mirroring.reference] = entry;
    done.push(mirroring);
  }
  return { done, lock: withMirrored(locked, now, keep) };
}

async function planned(
  image: Image,
  { mirror, locked, renew, open }: MirrorRequest,
): Promise<Planned | { readonly refused: string }> {
  const entry = Object.hasOwn(locked, imageReference(image)) ? locked[imageReference(image)] : undefined;
  try {
    const to = await open(inRegistry(image, mirror));
    const isThere = entry !== undefined && (await to.registry.digestOf(to.name, entry.digest)) !== undefined;
    const decision = decide(image, { locked: entry, isThere, named: await namedBy(image, open), renew });
    return decision.kind === "refused" ? { refused: decision.why } : { image, decision };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { refused: `${imageReference(image)}: ${error.message}` };
  }
}

/** A maker's registry that does not answer stops nothing that is copied already. */
async function namedBy(image: Image, open: MirrorRequest["open"]): Promise<Named> {
  try {
    const { registry, name } = await open(image);
    const digest = await registry.digestOf(name, image.digest ?? image.version);
    return digest === undefined ? { kind: "gone" } : { kind: "found", digest };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: "unknown", why: error.message };
  }
}

async function carriedOut(
  { image, decision }: Planned,
  request: MirrorRequest,
): Promise<{ readonly mirroring: Mirroring; readonly entry: MirroredImage }> {
  const { mirror, locked, machine, open, patience, say } = request;
  const reference = imageReference(image);
  const [from, to] = await Promise.all([open(image), open(inRegistry(image, mirror))]);
  const entry =
    decision.kind === "copy-named" ? await entryOf(from, decision.named, machine, reference) : locked[reference];
  if (entry === undefined) throw new Error(`${reference} is decided by a lock that is not there`);
  const { digest } = entry;
  if (decision.kind === "stays") {
    await mark(to, request, image, digest);
    return { mirroring: { reference, how: "was there", digest }, entry };
  }
  const started = Date.now();
  say(`${reference}: copying to ${to.registry.host}/${to.name} …`);
  const bytes = await copyImage(from, to, digest, patience);
  await mark(to, request, image, digest);
  say(`${reference}: ${Math.ceil(bytes / 1e6)} MB in ${Math.round((Date.now() - started) / 1000)} s`);
  return { mirroring: { reference, how: "copied", digest, bytes }, entry };
}

async function entryOf(
  { registry, name }: Place,
  named: string,
  machine: string | undefined,
  reference: string,
): Promise<MirroredImage> {
  const manifest = await registry.manifest(name, named);
  if (manifest === undefined) throw new UserError(`${registry.host} has lost ${name}@${named}: run it again`);
  return { digest: chosen(manifest, machine, reference), named, since: new Date().toISOString() };
}

/** As a release's own images are marked: what a stack runs, and ran before, no rule takes away. */
async function mark(
  to: Place,
  { stack, patience }: Pick<MirrorRequest, "stack" | "patience">,
  image: Image,
  digest: string,
): Promise<void> {
  const live = `${livePrefix}${stack}`;
  const before = await to.registry.digestOf(to.name, live);
  await tagImage(to, digest, mirrorTag(stack, image, digest), patience);
  if (before !== undefined && before !== digest) await tagImage(to, before, `${live}${previousSuffix}`, patience);
  await tagImage(to, digest, live, patience);
}
