import { execFileSync } from "node:child_process";
import type { Release } from "../../components/delivery/releases.ts";
import { newestVersion, nextVersion, versionPattern } from "../../components/delivery/version.ts";
import type { Image } from "../../components/workload/index.ts";
import { readReleases, releaseFile } from "../../stacks/releases.ts";
import { UserError } from "../console/error.ts";
import { askGit, git } from "./git.ts";
import { type ImageSource, requireImages } from "./images.ts";
import { type ReleaseTag, releaseTags } from "./tags.ts";

export interface TagRequest {
  /** Folder of the git repository. */
  readonly checkout: string;
  /** Whose release is named. */
  readonly stack: string;
  /** Default: what follows from the commits since the last release. */
  readonly version?: string;
  /** Where the application's images are, as the settings' images.application. */
  readonly application: string;
  readonly source: ImageSource;
}

/** A release that has its name. */
export interface Named {
  /** The tag's name, as `v1.4.0`. */
  readonly name: string;
  /** False for one that had it before. */
  readonly isNew: boolean;
}

/**
 * Gives what a stack runs a version: an annotated tag on the commit that was deployed, with the digests of its images. Throws
 * a UserError, and tags nothing, where the checkout differs from its commit, nothing is on record, the version is none or is
 * taken, or an image is gone. Without a version, what has one already keeps it, so that a pipeline can be run again.
 */
export async function tagRelease(request: TagRequest): Promise<Named> {
  const { checkout, stack } = request;
  if (request.version !== undefined && !versionPattern.test(request.version)) {
    throw new UserError(`"${request.version}" is no version; write three numbers, as 1.4.0`, 2);
  }
  await requireClean(checkout);
  const release = await requireRelease(checkout, stack);
  const tagged = (await releaseTags(checkout)).filter(({ commit }) => commit === release.commit);
  if (request.version === undefined && tagged.length > 0) {
    return { name: await nameOf(checkout, release, tagged), isNew: false };
  }
  const version = request.version ?? (await versionAfter(checkout, release.commit));
  const name = `v${version}`;
  if ((await askGit(checkout, "rev-parse", "--verify", "--quiet", `refs/tags/${name}`)) !== undefined) {
    throw new UserError(`the tag ${name} is there already: a release is never moved; choose another version`);
  }
  await requireImages(stack, release.version, imagesOf(request, release), request.source);
  await makeTag(checkout, name, release, messageOf(version, release));
  return { name, isNew: true };
}

/** The tag, of a commit's, that names these images: each says which it is about. */
async function nameOf(checkout: string, release: Release, tags: readonly ReleaseTag[]): Promise<string> {
  for (const { name } of tags) {
    const said = await git(checkout, "for-each-ref", "--format=%(contents)", `refs/tags/${name}`);
    if (said.trim() === messageOf(name.slice(1), release).trim()) return name;
  }
  throw new UserError(
    `the commit that runs is released already, as ${tags.map(({ name }) => name).join(", ")}, but with other images; ` +
      "a release is never moved: give these a version (./platform release <version>)",
  );
}

async function requireClean(checkout: string): Promise<void> {
  const status = await askGit(checkout, "status", "--porcelain");
  if (status === undefined) throw new UserError(`${checkout} is no git repository, so there is nothing to tag`);
  if (status === "") return;
  const files = status.split("\n").map((line) => line.slice(3));
  const more = files.length > 5 ? `, and ${files.length - 5} more` : "";
  throw new UserError(
    `the checkout differs from its commit: ${files.slice(0, 5).join(", ")}${more}; commit or remove them first`,
  );
}

/** What the stack runs, as far as it can be named for good. */
async function requireRelease(checkout: string, stack: string): Promise<Release & { readonly commit: string }> {
  const [release] = readReleases(checkout, stack);
  const file = releaseFile(stack);
  if (release === undefined) {
    throw new UserError(
      `${stack} has no release on record (${file}): deploy one first, ./platform up ${stack} --release <version>`,
    );
  }
  const { commit, images, version } = release;
  if (commit === undefined) {
    throw new UserError(
      `${version} was deployed to ${stack} from a checkout with changes: no commit has its program; deploy a commit`,
    );
  }
  if (Object.keys(images).length === 0) {
    throw new UserError(
      `${file} has no digests of ${version}: its images are in no registry; push them and deploy it again`,
    );
  }
  if ((await askGit(checkout, "cat-file", "-e", `${commit}^{commit}`)) === undefined) {
    throw new UserError(
      `git does not have the commit ${commit} that ${stack} runs; fetch it first (git fetch --unshallow)`,
    );
  }
  return { ...release, commit };
}

async function versionAfter(checkout: string, commit: string): Promise<string> {
  const before = await releaseTags(checkout, "--merged", commit);
  const last = newestVersion(before.map(({ name }) => name.slice(1)));
  const range = last === undefined ? commit : `v${last}..${commit}`;
  const messages = (await git(checkout, "log", "--format=%B%x00", range)).split("\0").map((message) => message.trim());
  return nextVersion(last, messages);
}

const imagesOf = ({ application }: TagRequest, { version, images }: Release): ReadonlyMap<string, Image> =>
  new Map(
    Object.entries(images).map(([service, digest]) => [
      service,
      { repository: `${application}/${service}`, version, digest },
    ]),
  );

const messageOf = (version: string, { images }: Release): string =>
  [`Release ${version}`, "", ...Object.entries(images).map(([service, digest]) => `${service} ${digest}`), ""].join(
    "\n",
  );

/** Its author is git's own user; without one git says how to set it. */
async function makeTag(checkout: string, name: string, { commit = "HEAD" }: Release, message: string): Promise<void> {
  try {
    execFileSync("git", ["-C", checkout, "tag", "--annotate", name, commit, "--file", "-"], {
      input: message,
      stdio: ["pipe", "pipe", "pipe"],
    });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new UserError(`git did not make the tag ${name}: ${said}`);
  }
}
