import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Removes the folder of a daemon that has ended. One that was killed leaves what it mounted there: its data over itself,
 * and the file systems of its containers.
 */
export async function removeDaemonFolder(directory: string): Promise<void> {
  const mounts = (await readFile("/proc/mounts", "utf8"))
    .split("\n")
    .flatMap((line) => line.split(" ")[1] ?? [])
    .filter((path) => path.startsWith(`${directory}/`));
  // What is mounted last may lie on what was mounted before.
  for (const path of mounts.toReversed()) await run("umount", ["--lazy", path]);
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
