import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Rendered } from "./rendered.ts";

/** A rendered file that is not what the code makes of it. */
export interface Stale {
  /** Relative to the checkout. */
  readonly path: string;
  /** What is checked in; undefined for nothing. */
  readonly checkedIn: string | undefined;
  readonly wanted: string;
}

/** Which of the files are out of date in this checkout. */
export async function staleFiles(checkout: string, files: readonly Rendered[]): Promise<readonly Stale[]> {
  const stale = await Promise.all(
    files.map(async ({ path, render }) => {
      const file = join(checkout, path);
      const checkedIn = existsSync(file) ? readFileSync(file, "utf8") : undefined;
      return { path, checkedIn, wanted: await render() };
    }),
  );
  return stale.filter(({ checkedIn, wanted }) => checkedIn !== wanted);
}

export function write(checkout: string, { path, wanted }: Stale): void {
  const file = join(checkout, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, wanted);
}

/** A unified diff from what is checked in to what is rendered. */
export function difference(checkout: string, { path, checkedIn, wanted }: Stale): string {
  const labels = ["--label", `${path} (checked in)`, "--label", `${path} (rendered)`];
  const from = checkedIn === undefined ? "/dev/null" : join(checkout, path);
  const { stdout } = spawnSync("diff", ["-u", ...labels, from, "-"], {
    input: wanted,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout || `${path}: ${checkedIn === undefined ? "missing" : "differs"} (there is no diff command to show how)`;
}
