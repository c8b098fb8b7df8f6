import { join } from "node:path";
import { UserError } from "../console/error.ts";
import { say, step } from "../console/progress.ts";
import { cached, interruptible } from "../setup/cache.ts";
import { archiveName, archiveWorks, writeArchive } from "./archive.ts";
import { isRecipe } from "./catalogue.ts";
import { imageConfiguration, recipeDigest, recipeLabel } from "./configuration.ts";
import { ensureDebianPackages, packageFiles } from "./debian-packages.ts";
import { fill } from "./fill.ts";
import type { Recipe } from "./recipe.ts";
import type { ImageStore } from "./store.ts";
import type { Wanted } from "./wanted.ts";

/** What became of an image that was asked for. */
export interface Provided {
  readonly wanted: Wanted;
  readonly how: "was there" | "pulled" | "built" | "left out";
  /** In the daemon. */
  readonly bytes?: number;
  /** Of what is left out: what became of the attempts to have it, said of the image. */
  readonly why?: string;
}

/**
 * Sees to it that the daemon has the images: what is there stays, else it is pulled, else built. `offline`: nothing is
 * pulled. What cannot be had is left out, and named.
 */
export async function provideImages(
  images: readonly Wanted[],
  offline: boolean,
  store: ImageStore,
): Promise<readonly Provided[]> {
  const pull = puller(store, offline);
  const provided: Provided[] = [];
  for (const wanted of images) provided.push(await provide(wanted, store, pull));
  return provided;
}

async function provide(wanted: Wanted, store: ImageStore, pull: Pull): Promise<Provided> {
  const { reference, entry } = wanted;
  const there = await store.find(reference);
  // An official image has no such label, and is never replaced by ours.
  const ours = there?.labels[recipeLabel];
  if (there !== undefined && ours === undefined) return { wanted, how: "was there", bytes: there.bytes };
  const plan = isRecipe(entry) ? await planOf(entry) : entry;
  if (there !== undefined && "digest" in plan && ours === plan.digest)
    return { wanted, how: "was there", bytes: there.bytes };
  const obstacle = await pull(wanted);
  if (obstacle === undefined) return { wanted, how: "pulled", ...(await sizeOf(reference, store)) };
  if ("leftOut" in plan) {
    return { wanted, how: "left out", why: `${obstacle}, and cannot be built here: ${plan.leftOut}` };
  }
  await store.load(await buildImage(reference, plan), reference);
  return { wanted, how: "built", ...(await sizeOf(reference, store)) };
}

const sizeOf = async (reference: string, store: ImageStore): Promise<{ readonly bytes?: number }> => {
  const image = await store.find(reference);
  return image === undefined ? {} : { bytes: image.bytes };
};

/** Pulls an image; answers what came of it where that is nothing, said of the image. */
type Pull = (wanted: Wanted) => Promise<string | undefined>;

/** In front of names that are this machine's alone, as Podman writes them too: whoever listens on port 80 here is no registry. */
const thisMachine = "localhost";

/** The registry was reached: it has no such image, or not for this user. */
const registryAnswered = /manifest unknown|not found|denied|unauthorized/i;

/** Asks no registry again that could not be reached. */
function puller(store: ImageStore, offline: boolean): Pull {
  const unreachable = new Map<string, string>();
  return async ({ reference, own }) => {
    const [host = ""] = reference.split("/");
    if (offline || own || host === thisMachine) return "was asked of no registry";
    const known = unreachable.get(host);
    if (known !== undefined) return notPulled(known);
    const obstacle = await step(`pulling ${reference}`, "10 s", () =>
      interruptible((signal) => store.pull(reference, signal)),
    );
    if (obstacle === undefined) return undefined;
    say(`cannot pull ${reference}: ${obstacle}`);
    if (!registryAnswered.test(obstacle)) unreachable.set(host, obstacle);
    return notPulled(obstacle);
  };
}

const notPulled = (obstacle: string): string => `could not be pulled (${obstacle.trim()})`;

interface Plan {
  readonly recipe: Recipe;
  readonly packages: string;
  readonly digest: string;
}

async function planOf(recipe: Recipe): Promise<Plan> {
  const needsPackages = recipe.parts.some(({ kind }) => kind === "packages");
  const packages = needsPackages ? await ensureDebianPackages() : "";
  const digest = recipeDigest(recipe, needsPackages ? packageFiles(packages) : [], architecture());
  return { recipe, packages, digest };
}

/** Path of the image's archive in the cache, made if it is missing. */
async function buildImage(reference: string, { recipe, packages, digest }: Plan): Promise<string> {
  const tag = reference.slice(reference.lastIndexOf("/") + 1).replace(":", "-");
  const folder = await cached({
    key: `image-${tag}-${digest}`,
    works: archiveWorks,
    make: async (target) => {
      const tree = await fill(recipe, packages);
      const configuration = (layer: string) => imageConfiguration(recipe, layer, digest, architecture());
      await writeArchive(target, { reference, tree, configuration });
    },
  });
  return join(folder, archiveName);
}

/** As Go and Docker call it. What is built runs on this machine: our programs and Debian's are of its kind. */
function architecture(): string {
  const name = { x64: "amd64", arm64: "arm64" }[process.arch.toString()];
  if (process.platform === "linux" && name !== undefined) return name;
  throw new UserError(
    `images are built on Linux only (x64, arm64), not on ${process.platform} ${process.arch}; pull them`,
  );
}
