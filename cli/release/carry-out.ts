import { type Release, type ReleasedImages, ranBefore, withRelease } from "../../components/delivery/releases.ts";
import type { Settings } from "../../components/settings.ts";
import { namespace } from "../../stacks/error.ts";
import { tag } from "../../stacks/fields.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { readReleases, releaseFile } from "../../stacks/releases.ts";
import { UserError } from "../console/error.ts";
import { namedDaemon, openDaemon } from "../docker/connection.ts";
import { type DeployRequest, deploy } from "../engine/deploy.ts";
import { checkedOutCommit } from "../engine/release.ts";
import type { StackOf } from "../engine/stacks.ts";
import { dockerImages } from "./docker-images.ts";
import { askGit } from "./git.ts";
import { type ImageSource, releaseImages, requireImages } from "./images.ts";
import { markedOtherwise, markLive } from "./live.ts";
import { personIn } from "./person.ts";
import { writeReleases } from "./record.ts";
import { registryImages } from "./registry.ts";
import { newestMigration } from "./schema.ts";
import { smokeTest } from "./smoke.ts";

const releaseVersion = tag("Release of the application.");

/** As a deployment, of one release. */
export type ReleaseRequest = Omit<DeployRequest, "operation" | "volumes" | "verify">;

/** The settings of a stack that runs these images. Throws a UserError for `bootstrap`, which runs none. */
export function settingsFor({ project, stack }: StackOf, release: ReleasedImages): Settings {
  if (project.name !== namespace) throw new UserError(`${stack} runs no application, so it has no releases`, 2);
  return readSettings({ ...readStackFile(project.directory, stack), release });
}

/** The settings of a stack as it is on record. */
export const recordedSettings = ({ project, stack }: StackOf): Settings =>
  readSettings(readStackFile(project.directory, stack));

/** Where the stack's target has its images from. */
export async function imageSourceOf({ project, stack }: StackOf, settings: Settings): Promise<ImageSource> {
  if (settings.target.name !== "docker") return registryImages;
  return dockerImages(await openDaemon(namedDaemon(readStackFile(project.directory, stack))));
}

/**
 * Says that a record was not pulled: the registry has another release marked as what runs. Undefined where it agrees, and
 * where it cannot be told. Who went back by such a record would go back from the wrong one.
 */
export async function staleRecord(stackOf: StackOf, source: ImageSource): Promise<string | undefined> {
  const { stack, project } = stackOf;
  const [running] = readReleases(project.directory, stack);
  if (running === undefined) return undefined;
  const others = await markedOtherwise(stack, source, releaseImages(settingsFor(stackOf, running)));
  if (others.length === 0) return undefined;
  return (
    `${stack}: ${releaseFile(stack)} of this checkout says that ${running.version} runs; ` +
    `by the registry's marks it is another one (${others.join(", ")})`
  );
}

/**
 * Deploys the images of a version, asks the site, and writes down that they run. Throws a UserError where an image is missing;
 * where the update fails, or the site does not serve, the release on record is deployed again.
 */
export async function deployRelease(request: ReleaseRequest, version: string): Promise<void> {
  const { stackOf } = request;
  const { error } = releaseVersion.safeParse(version);
  if (error !== undefined) throw new UserError(`--release "${version}": ${error.issues[0]?.message}`, 2);
  const settings = settingsFor(stackOf, { version, images: {} });
  const source = await imageSourceOf(stackOf, settings);
  const images = await requireImages(stackOf.stack, version, releaseImages(settings), source);
  const stale = await staleRecord(stackOf, source);
  if (stale !== undefined) request.print(`${stale}: is the record pulled? What ran before is taken from it`);
  const commit = await checkedOutCommit(stackOf.project.directory);
  await carryOut(request, source, {
    ...images,
    ...(commit === undefined ? {} : { commit }),
    migration: newestMigration(),
  });
}

/** Deploys a release whose images are there, asks the site, marks the images as what runs, and writes the record. */
export async function carryOut(
  request: ReleaseRequest,
  source: ImageSource,
  release: Omit<Release, "since" | "by">,
): Promise<void> {
  const { stackOf, print } = request;
  const { stack, project } = stackOf;
  const before = readReleases(project.directory, stack);
  const { version, images } = release;
  const settings = settingsFor(stackOf, release);
  const result = await deploy({
    ...request,
    stackOf: { ...stackOf, release: { version, images } },
    operation: "up",
    verify: ({ outputs }) => smokeTest(settings, outputs),
  });
  // Where nothing had to be done it may be known already.
  if (result !== undefined || before[0]?.version !== version) {
    const entry = { ...release, since: new Date().toISOString(), by: await personIn(project.directory) };
    await writeReleases(project.directory, stack, withRelease(before, entry, settings.images.keep));
    print(`${stack}: runs ${version}; ${await nextStep(project.directory, stack)}`);
  }
  const previous = ranBefore(before, release);
  const left = previous === undefined ? new Map() : releaseImages(settingsFor(stackOf, previous));
  await markLive(stack, source, releaseImages(settings), left);
}

/** A developer's own dev is nobody else's business: git ignores its record. */
async function nextStep(checkout: string, stack: string): Promise<string> {
  const file = releaseFile(stack);
  const isShared = (await askGit(checkout, "check-ignore", "--quiet", file)) === undefined;
  return isShared
    ? `commit and push ${file}, or the next deploy does not know of it (alone: then it starts none)`
    : `${file} says so`;
}
