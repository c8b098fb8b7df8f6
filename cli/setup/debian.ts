import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { step } from "../console/progress.ts";
import { cacheFolder } from "./cache.ts";
import { findProgram, runLogged } from "./program.ts";

/** Why this user cannot install packages of Debian on this machine; undefined where they can. */
export function debianObstacle(userId = process.getuid?.(), path = process.env.PATH): string | undefined {
  if (findProgram("apt-get", path) === undefined) return "this system has no apt-get";
  return userId === 0 ? undefined : "only root can install packages";
}

/** Installs packages of Debian. Throws a UserError with apt's last words where that fails; see {@link debianObstacle}. */
export async function installDebian(packages: readonly string[], signal?: AbortSignal): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true });
  const aptGet = (...words: readonly string[]) =>
    runLogged({
      program: "apt-get",
      words: ["--quiet", ...words],
      folder: "/",
      environment: { DEBIAN_FRONTEND: "noninteractive" },
      log: join(cacheFolder(), "apt.log"),
      ...(signal === undefined ? {} : { signal }),
    });
  await step(`installing Debian's ${packages.join(", ")}`, "20 s", async () => {
    await aptGet("update");
    await aptGet("install", "--yes", "--no-install-recommends", ...packages);
  });
}
