import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../console/error.ts";
import { step } from "../console/progress.ts";
import { root } from "../root.ts";
import { cacheFolder, interruptible } from "./cache.ts";
import { requireSpace } from "./disk.ts";
import { locked } from "./lock.ts";
import { findProgram, runLogged } from "./program.ts";

// The launcher runs this file before the npm packages are there: it imports nothing but Node and its neighbours.

/** Installs the npm packages of `package-lock.json`, unless node_modules says that they are there. */
export async function ensurePackages(checkout = root, cache = cacheFolder()): Promise<void> {
  const stamp = join(checkout, "node_modules", ".platform-stamp");
  const lockFile = join(checkout, "package-lock.json");
  const there = (): boolean => read(stamp) === readFileSync(lockFile, "utf8");
  if (there()) return;
  const npm = findProgram("npm");
  if (npm === undefined) throw new UserError("needs npm to install its packages (Debian: apt-get install npm)");
  mkdirSync(cache, { recursive: true });
  const id = createHash("sha256").update(checkout).digest("hex").slice(0, 8);
  const install = async (signal: AbortSignal): Promise<void> => {
    if (there()) return;
    // The stamp is written last, so what is interrupted counts as missing.
    rmSync(stamp, { force: true });
    requireSpace(checkout, 600, "node_modules");
    const wanted = readFileSync(lockFile, "utf8");
    // No package here needs its install script; Pulumi's would download plugins.
    const words = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
    await step("installing npm packages", "30 s", () =>
      runLogged({ program: npm, words, folder: checkout, log: join(cache, "npm.log"), signal }),
    );
    writeFileSync(stamp, wanted);
  };
  await interruptible((signal) => locked(join(cache, `packages-${id}.lock`), () => install(signal), signal));
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await ensurePackages();
  } catch (error) {
    console.error(`platform: ${error instanceof Error ? error.message : error}`);
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
  }
}
