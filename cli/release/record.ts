import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Releases } from "../../components/delivery/releases.ts";
import { formatReleases, releaseFile } from "../../stacks/releases.ts";

/** Writes a stack's record into a checkout, whole or not at all: the settings are read from it. */
export async function writeReleases(checkout: string, stack: string, releases: Releases): Promise<void> {
  const file = join(checkout, releaseFile(stack));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, formatReleases(stack, releases));
  await rename(`${file}.new`, file);
}
