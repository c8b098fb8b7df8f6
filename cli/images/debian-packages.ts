import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../console/error.ts";
import { step } from "../console/progress.ts";
import { cached, cacheFolder } from "../setup/cache.ts";
import { debianObstacle, installDebian } from "../setup/debian.ts";
import { findProgram, runLogged } from "../setup/program.ts";
import { catalogue, isRecipe } from "./catalogue.ts";
import { debianRelease } from "./debian.ts";

/**
 * Folder with the Debian packages of all images, fetched and verified by debootstrap once; it needs no special rights,
 * because nothing is installed.
 */
export async function ensureDebianPackages(): Promise<string> {
  const names = packageNames();
  const digest = createHash("sha256").update(names.join()).digest("hex").slice(0, 8);
  return cached({
    key: `debian-${debianRelease}-${digest}`,
    works: (folder) => {
      const there = new Set(packageFiles(folder).map((file) => file.split("_")[0]));
      return names.every((name) => there.has(name));
    },
    make: (folder, signal) => fetchPackages(names, folder, signal),
    megabytes: 400,
  });
}

export const packageFiles = (folder: string): readonly string[] =>
  readdirSync(folder).filter((file) => file.endsWith(".deb"));

const packageNames = (): readonly string[] => [
  ...new Set(
    catalogue
      .filter(isRecipe)
      .flatMap(({ parts }) => parts)
      .flatMap((part) => (part.kind === "packages" ? part.packages : [])),
  ),
];

async function fetchPackages(names: readonly string[], folder: string, signal: AbortSignal): Promise<void> {
  const missing = ["debootstrap", "dpkg-deb"].filter((name) => findProgram(name, searchPath()) === undefined);
  if (missing.length > 0) {
    const obstacle = debianObstacle();
    if (obstacle !== undefined) {
      throw new UserError(
        `images cannot be built without ${missing.join(" and ")}, and ${obstacle} (Debian, Ubuntu: sudo apt-get install debootstrap); or pull them where a registry can be reached`,
      );
    }
    await installDebian(["debootstrap", "dpkg"], signal);
  }
  const work = join(folder, "work");
  mkdirSync(work);
  const words = ["--variant=minbase", "--download-only", "--no-resolve-deps", `--include=${names.join()}`];
  await step("fetching Debian packages", "30 s, once", () =>
    runLogged({
      program: "debootstrap",
      words: [...words, debianRelease, work],
      folder,
      environment: { PATH: searchPath() },
      log: join(cacheFolder(), "debootstrap.log"),
      signal,
    }),
  );
  const fetched = join(work, "var", "cache", "apt", "archives");
  const wanted = new Set(names);
  for (const file of packageFiles(fetched)) {
    if (wanted.has(file.split("_")[0] ?? "")) renameSync(join(fetched, file), join(folder, file));
  }
  rmSync(work, { recursive: true });
}

/** debootstrap is for administrators: its folder is not on everybody's PATH. */
const searchPath = (): string => `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
