import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Releases } from "../../components/delivery/releases.ts";
import { formatReleases, releaseFile } from "../../stacks/releases.ts";

/** Writes a stack's record into a checkout, whole or not at all: the settings are read from it. */
export async function writeReleases(checkout: string, stack: string, releases: Releases): Promise<void> {
  await writeWhole(join(checkout, releaseFile(stack)), formatReleases(stack, releases));
}

/** Writes a file in one moment: a reader finds what was there before, or all of it. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
