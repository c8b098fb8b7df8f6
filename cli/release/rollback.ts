import { previousRelease, type Release, type Releases } from "../../components/delivery/releases.ts";
import { readReleases } from "../../stacks/releases.ts";
import { UserError } from "../console/error.ts";
import { carryOut, imageSourceOf, type ReleaseRequest, settingsFor, staleRecord } from "./carry-out.ts";
import { releaseImages, requireImages } from "./images.ts";
import { requireSchema } from "./schema.ts";
import { type ReleaseTag, releaseTags, tagOf } from "./tags.ts";

/**
 * Makes a stack run an earlier release again, by the same program and today's settings; only images change. Throws a
 * UserError before anything is touched: no such release, a migration in between on which it cannot run, an image that is gone.
 * @param to version, release tag or commit; default: the one before what runs.
 */
export async function rollBack(request: ReleaseRequest, to?: string): Promise<void> {
  const { stackOf, print } = request;
  const { stack, project } = stackOf;
  const releases = readReleases(project.directory, stack);
  const tags = await releaseTags(project.directory);
  const release = chooseRelease(stack, releases, tags, to);
  requireSchema(stack, releases, release);
  const settings = settingsFor(stackOf, release);
  const source = await imageSourceOf(stackOf, settings);
  await requireImages(stack, release.version, releaseImages(settings), source);
  const stale = await staleRecord(stackOf, source);
  if (stale !== undefined && to === undefined) {
    throw new UserError(`${stale}: git pull, or say which release to go back to (--to); nothing was touched`);
  }
  if (stale !== undefined) print(`${stale}: is the record pulled?`);
  print(changeOf(stack, releases, release, tags).join("\n"));
  const { since: _, by: __, ...what } = release;
  await carryOut(request, source, what);
}

/** Finds the release to go back to. Throws a UserError that names those there are. */
export function chooseRelease(
  stack: string,
  releases: Releases,
  tags: readonly ReleaseTag[],
  to: string | undefined,
): Release {
  const [running] = releases;
  if (running === undefined) {
    throw new UserError(
      `${stack}: no release is on record, so there is none to go back to; ./platform up ${stack} --release <version> writes one`,
    );
  }
  const found = to === undefined ? previousRelease(releases) : releases.find((release) => isNamed(release, tags, to));
  if (found === undefined) {
    const others = [...new Set(releases.map(({ version }) => version))].filter(
      (version) => version !== running.version,
    );
    const there = others.length === 0 ? `${running.version} alone is on record` : `on record are ${others.join(", ")}`;
    const what = to === undefined ? "nothing ran before what runs" : `"${to}" is no release that it ran`;
    throw new UserError(`${stack}: ${what}; ${there} (./platform releases ${stack})`, to === undefined ? 1 : 2);
  }
  if (found.version === running.version) {
    throw new UserError(`${stack}: ${found.version} is what it runs, since ${running.since}, by ${running.by}`);
  }
  return found;
}

/** By its version, its tag with or without `v`, or its commit, which may be shortened as git does. */
function isNamed({ version, commit }: Release, tags: readonly ReleaseTag[], name: string): boolean {
  const tag = tagOf(tags, commit);
  const shortened = /^[0-9a-f]{7,40}$/.test(name) && commit?.startsWith(name);
  return version === name || (tag !== undefined && (tag === name || tag === `v${name}`)) || shortened === true;
}

/** What the person is asked about, beside the plan. */
function changeOf(stack: string, releases: Releases, release: Release, tags: readonly ReleaseTag[]): readonly string[] {
  const named = ({ version, commit }: Release): string => [version, tagOf(tags, commit)].filter(Boolean).join(" = ");
  const [running = release] = releases;
  const services = [...new Set([...Object.keys(running.images), ...Object.keys(release.images)])].sort();
  const short = (digest = "by its tag"): string => digest.replace(/^(sha256:.{12}).*/, "$1…");
  return [
    `${stack}: from ${named(running)}, since ${running.since}, by ${running.by}`,
    `${stack}: back to ${named(release)}, deployed ${release.since} by ${release.by}`,
    ...services
      .filter((service) => running.images[service] !== release.images[service])
      .map(
        (service) =>
          `image      ${stack}  ${service}: ${short(running.images[service])} → ${short(release.images[service])}`,
      ),
  ];
}
