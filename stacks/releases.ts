import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import type { ReleasedImages, Releases } from "../components/delivery/releases.ts";
import { SettingsError } from "./error.ts";
import { digest, tag, text, whole } from "./fields.ts";
import { recordProblems, recordText } from "./record-file.ts";

/** The record of what a stack runs: stacks/releases/<stack>.yaml, written by `./platform up --release` and `rollback`. */

const release = z.strictObject({
  version: tag("Release of the application."),
  images: z.record(z.string(), digest("Digest of a service's image."), { error: "must be a section of digests" }),
  commit: text("The checkout that deployed it.", /^[0-9a-f]{40}$/, "a commit's 40 hex digits").exactOptional(),
  migration: whole("Newest migration that it brings along.", 0, 1_000_000),
  since: z.iso.datetime({ error: "must be a time, as 2026-11-26T08:30:00.000Z" }),
  by: z.string({ error: "must be a name" }),
});

const record = z.strictObject(
  { releases: z.array(release, { error: "must be a list of releases, the newest first" }).readonly() },
  { error: "must be a mapping with the key releases" },
);

/** Below the folder of the checkout. */
export const releaseFile = (stack: string): string => join("stacks", "releases", `${stack}.yaml`);

/** The record of a stack in a checkout; empty for a stack that has run no release. Throws a {@link SettingsError}. */
export function readReleases(folder: string, stack: string): Releases {
  const file = join(folder, releaseFile(stack));
  return existsSync(file) ? releasesIn(readFileSync(file, "utf8"), releaseFile(stack)) : [];
}

function releasesIn(content: string, file: string): Releases {
  const said = recordText(content, file);
  const { data, error } = record.safeParse(said);
  if (data !== undefined) return data.releases;
  throw new SettingsError(file, recordProblems(error, said, file));
}

/**
 * Digests of what stacks run and can go back to, as a checkout has them on record, each with a stack that does. Throws a
 * {@link SettingsError}.
 */
export const recordedDigests = (folder: string, stacks: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    stacks.flatMap((stack) =>
      readReleases(folder, stack).flatMap(({ images: of }) => Object.values(of).map((each) => [each, stack] as const)),
    ),
  );

/** The file's text. */
export const formatReleases = (stack: string, releases: Releases): string =>
  `# What ${stack} runs (the first) and ran. Written by ./platform up ${stack} --release and ./platform rollback ${stack};\n` +
  `# the settings take version and digests from here: docs/delivery.md\n${stringify({ releases })}`;

/** Environment variable by which `./platform` says which release a run is about: JSON, `null` for none. */
export const releaseVariable = "TRADING_PLATFORM_RELEASE";

const images = z.object({ version: z.string(), images: z.record(z.string(), z.string()) }).nullable();

/** What a program runs: as `./platform` says it, else (plain `pulumi`) what is on record beside the program. */
export function releaseInForce(stack: string): ReleasedImages | undefined {
  const said = process.env[releaseVariable];
  return said === undefined
    ? readReleases(join(import.meta.dirname, ".."), stack)[0]
    : (images.parse(JSON.parse(said)) ?? undefined);
}

/** {@link releaseVariable} for a run of this release, or of none. */
export const releaseEnvironment = (release: ReleasedImages | undefined): Readonly<Record<string, string>> => ({
  [releaseVariable]: JSON.stringify(
    release === undefined ? null : { version: release.version, images: release.images },
  ),
});
