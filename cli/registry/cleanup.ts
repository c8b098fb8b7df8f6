import {
  type CleanupRule,
  deletions,
  judgeImages,
  type RegistryImage,
  type Verdict,
} from "../../components/delivery/cleanup.ts";
import { UserError } from "../console/error.ts";
import { runSideBySide } from "../engine/concurrency.ts";
import type { Registry } from "./distribution.ts";
import type { Packages, PackageVersion } from "./packages.ts";

/** Where a service's images are, by the names that GitHub's API and its registry use. */
export interface ServicePackage {
  readonly service: string;
  /** As `trading/backend`: what the API calls the package. */
  readonly package: string;
  /** As `acme/trading/backend`. */
  readonly repository: string;
}

/** What would become of a service's images. */
export interface ServicePlan {
  readonly of: ServicePackage;
  readonly verdicts: readonly Verdict[];
  /** Of the API, by digest. */
  readonly ids: ReadonlyMap<string, number>;
}

/** What became of an image that was to go. */
export interface Removal {
  readonly of: ServicePackage;
  readonly image: RegistryImage;
  /** Absent: it is deleted. Else why it stays after all. */
  readonly left?: string;
}

/** Manifests that are read at a time. */
const readers = 8;

/** Reads everything, and changes nothing. Throws a UserError that names every package that cannot be read. */
export async function planCleanup(
  services: readonly ServicePackage[],
  rule: CleanupRule,
  packages: Packages,
  registry: Registry,
): Promise<readonly ServicePlan[]> {
  const plans: ServicePlan[] = [];
  const problems: string[] = [];
  for (const of of services) {
    try {
      const versions = await packages.versions(of.package);
      const images = await withChildren(versions, of, registry);
      const ids = new Map(versions.map(({ digest, id }) => [digest, id]));
      plans.push({ of, verdicts: judgeImages(images, rule, Date.now()), ids });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new UserError([...new Set(problems), "nothing was deleted"].join("\n"));
  return plans;
}

const withChildren = (
  versions: readonly PackageVersion[],
  { repository }: ServicePackage,
  registry: Registry,
): Promise<readonly RegistryImage[]> =>
  runSideBySide(
    versions.map(({ digest, tags, pushedAt }) => async () => {
      const manifest = await registry.manifest(repository, digest);
      // Taken for an image without parts, it would let its parts be deleted.
      if (manifest === undefined)
        throw new UserError(
          `${registry.host} does not show ${repository}@${digest}, which GitHub lists: log in as a user who may pull it, or delete that version by hand`,
        );
      return { digest, tags, pushedAt, children: manifest.content.manifests.map((child) => child.digest) };
    }),
    readers,
  );

/**
 * Deletes what is to go, and tells of each. What has got another tag since it was judged stays: somebody may run it now.
 * Throws a UserError that says how far it came; what it has not come to is as it was.
 */
export async function carryOut(
  plans: readonly ServicePlan[],
  packages: Packages,
  tell: (removal: Removal) => void,
): Promise<readonly Removal[]> {
  const all = plans.flatMap(({ of, verdicts, ids }) =>
    deletions(verdicts).map((deletion) => ({ of, ...deletion, id: ids.get(deletion.image.digest) ?? 0 })),
  );
  const done: Removal[] = [];
  const spared = new Set<string>();
  try {
    for (const { of, image, parts, id } of all) {
      const key = (digest: string): string => `${of.repository}@${digest}`;
      const left = spared.has(key(image.digest)) ? "it belongs to what stays" : await whyLeft(packages, of, image, id);
      if (left !== undefined) for (const part of parts) spared.add(key(part));
      const removal = { of, image, ...(left === undefined ? {} : { left }) };
      done.push(removal);
      tell(removal);
    }
    return done;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const gone = done.filter(({ left }) => left === undefined).length;
    const far = gone === 0 ? "nothing was deleted" : `${gone} of ${all.length} were deleted before; run it again`;
    throw new UserError(`${error.message}\n${far}`);
  }
}

/** Deletes it; says why it stays if it does. */
async function whyLeft(
  packages: Packages,
  { package: name }: ServicePackage,
  { tags }: RegistryImage,
  id: number,
): Promise<string | undefined> {
  const current = await packages.version(name, id);
  if (current === undefined) return undefined;
  const added = current.tags.filter((tag) => !tags.includes(tag));
  if (added.length > 0) return `it has got the tag ${added.join(", ")} meanwhile`;
  const refusal = await packages.remove(name, id);
  return refusal === undefined ? undefined : `GitHub keeps it: ${refusal}`;
}
